/*
 * The floor of a pull: fetches all mail of an account from an IMAP server on this machine, over two
 * connections, pipelined; creates one file a message where it is to stay; makes all of them durable
 * by one syncfs(2). No state, no second look: what a tool cannot be faster than.
 *
 * usage: floor PORT USER PASSWORD DIRECTORY
 *
 * It wants LIST-STATUS (RFC 5819), trusts the server's grammar, and ends with a message at anything
 * it does not expect.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  CONNECTIONS = 2,
  BUFFER = 1 << 18,
  LINE_MAX_BYTES = 1 << 14,
  /* Commands sent ahead: enough to keep the server busy, too few to fill both sockets at once. */
  AHEAD = 64
};

/* A folder as the server names it (quoted, escapes and all), and how many messages it holds. */
struct folder {
  char *quoted;
  unsigned long messages;
};

/* The messages FIRST to LAST of a folder, by sequence number. */
struct part {
  const struct folder *folder;
  unsigned long first, last;
};

struct connection {
  int socket;
  size_t at, end;
  char buffer[BUFFER];
  char line[LINE_MAX_BYTES];
};

struct job {
  struct connection *connection;
  struct part *parts;
  size_t count;
};

static const char *root;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "floor: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  exit(1);
}

static void *allocated(size_t bytes) {
  void *memory = malloc(bytes ? bytes : 1);
  if (!memory) fail("out of memory");
  return memory;
}

static void write_all(int file, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(file, bytes, count);
    if (written < 0) fail("write: %s", strerror(errno));
    bytes += written;
    count -= (size_t)written;
  }
}

static void fill(struct connection *c) {
  ssize_t got = read(c->socket, c->buffer, BUFFER);
  if (got <= 0) fail("the server closed the connection");
  c->at = 0;
  c->end = (size_t)got;
}

/* Reads up to a line end, which is left out. */
static char *read_line(struct connection *c) {
  size_t length = 0;
  for (;;) {
    if (c->at == c->end) fill(c);
    char *from = c->buffer + c->at;
    char *newline = memchr(from, '\n', c->end - c->at);
    size_t count = newline ? (size_t)(newline - from) + 1 : c->end - c->at;
    if (length + count >= LINE_MAX_BYTES) fail("a line is too long");
    memcpy(c->line + length, from, count);
    length += count;
    c->at += count;
    if (newline) {
      while (length > 0 && (c->line[length - 1] == '\n' || c->line[length - 1] == '\r')) length--;
      c->line[length] = 0;
      return c->line;
    }
  }
}

static void send_text(struct connection *c, const char *format, ...) {
  char text[LINE_MAX_BYTES];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof text) fail("a command is too long");
  write_all(c->socket, text, (size_t)length);
}

/* Whether the line ends the command of this tag; anything but OK is the end of it all. */
static int is_end(const char *line, const char *tag) {
  size_t length = strlen(tag);
  if (strncmp(line, tag, length) != 0 || line[length] != ' ') return 0;
  if (strncmp(line + length + 1, "OK", 2) != 0) fail("the server said: %s", line);
  return 1;
}

static struct connection *sign_in(int port, const char *user, const char *password) {
  struct connection *c = allocated(sizeof *c);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int on = 1;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->at = c->end = 0;
  c->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0)
    fail("connect: %s", strerror(errno));
  setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  read_line(c); /* the greeting */
  send_text(c, "in LOGIN \"%s\" \"%s\"\r\n", user, password);
  while (!is_end(read_line(c), "in")) {}
  return c;
}

/* The folder that a line "* STATUS NAME (MESSAGES 3)" is about. */
static struct folder status_of(const char *line) {
  const char *name = line + strlen("* STATUS ");
  const char *counts = strrchr(name, '(');
  struct folder found = {0};
  if (!counts || sscanf(counts, "(MESSAGES %lu)", &found.messages) != 1 || counts == name)
    fail("not understood: %s", line);
  size_t length = (size_t)(counts - 1 - name);
  found.quoted = allocated(length + 3);
  snprintf(
      found.quoted, length + 3, name[0] == '"' ? "%.*s" : "\"%.*s\"", (int)length, name);
  return found;
}

static struct folder *list(struct connection *c, size_t *count) {
  struct folder *folders = NULL;
  send_text(c, "ls LIST \"\" \"*\" RETURN (STATUS (MESSAGES))\r\n");
  for (*count = 0;;) {
    const char *line = read_line(c);
    if (is_end(line, "ls")) return folders;
    if (strncmp(line, "* STATUS ", strlen("* STATUS ")) == 0) {
      folders = realloc(folders, (*count + 1) * sizeof *folders);
      if (!folders) fail("out of memory");
      folders[(*count)++] = status_of(line);
    }
  }
}

static void make_directory(const char *path) {
  if (mkdir(path, 0700) != 0 && errno != EEXIST) fail("mkdir %s: %s", path, strerror(errno));
}

/* Makes the folder's Maildir, with those above it; gives its path. */
static void make_maildir(const struct folder *folder, char *path, size_t size) {
  size_t length = (size_t)snprintf(path, size, "%s/", root);
  const char *name = folder->quoted + 1;
  for (; name[0] && !(name[0] == '"' && name[1] == 0); name++) {
    if (*name == '\\') name++;
    if (*name == '/') {
      path[length] = 0;
      make_directory(path);
    }
    if (length + sizeof "/cur" >= size) fail("a name is too long: %s", folder->quoted);
    path[length++] = *name;
  }
  path[length] = 0;
  make_directory(path);
  const char *parts[] = {"/tmp", "/new", "/cur"};
  for (int i = 0; i < 3; i++) {
    memcpy(path + length, parts[i], sizeof "/cur");
    make_directory(path);
  }
}

/* The letters that a Maildir has for the flags in "... FLAGS (\Seen ...) ...". */
static void letters_of(const char *line, char *letters) {
  static const struct {
    const char *flag;
    char letter;
  } known[] = {
    {"\\Draft", 'D'}, {"\\Flagged", 'F'}, {"\\Answered", 'R'}, {"\\Seen", 'S'}, {"\\Deleted", 'T'}
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strstr(line, known[i].flag)) *letters++ = known[i].letter;
  *letters = 0;
}

/* Streams the literal that follows "* 12 FETCH (FLAGS (\Seen) BODY[] {345}" into a new file. */
static void save(struct connection *c, int directory, const char *line) {
  unsigned long number;
  size_t left;
  char letters[8], name[64];
  const char *literal = strrchr(line, '{');
  if (sscanf(line, "* %lu FETCH", &number) != 1 || sscanf(literal, "{%zu}", &left) != 1)
    fail("not understood: %s", line);
  letters_of(line, letters);
  snprintf(name, sizeof name, "%lu.floor:2,%s", number, letters);
  int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) fail("create %s: %s", name, strerror(errno));
  while (left > 0) {
    if (c->at == c->end) fill(c);
    size_t count = c->end - c->at < left ? c->end - c->at : left;
    write_all(file, c->buffer + c->at, count);
    c->at += count;
    left -= count;
  }
  if (close(file) != 0) fail("close %s: %s", name, strerror(errno));
}

static void ask(struct connection *c, const struct part *part, size_t number) {
  send_text(
      c, "e%zu EXAMINE %s\r\nf%zu FETCH %lu:%lu (FLAGS BODY.PEEK[])\r\n", number,
      part->folder->quoted, number, part->first, part->last);
}

static void receive(struct connection *c, const struct part *part, size_t number) {
  char path[4096], examined[32], fetched[32];
  make_maildir(part->folder, path, sizeof path);
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail("open %s: %s", path, strerror(errno));
  snprintf(examined, sizeof examined, "e%zu", number);
  snprintf(fetched, sizeof fetched, "f%zu", number);
  while (!is_end(read_line(c), examined)) {}
  for (;;) {
    const char *line = read_line(c);
    if (is_end(line, fetched)) break;
    if (strstr(line, " FETCH (") && line[strlen(line) - 1] == '}') save(c, directory, line);
  }
  close(directory);
}

static void *work(void *argument) {
  const struct job *job = argument;
  size_t asked = 0;
  for (size_t done = 0; done < job->count; done++) {
    for (; asked < job->count && asked < done + AHEAD; asked++)
      ask(job->connection, &job->parts[asked], asked);
    receive(job->connection, &job->parts[done], done);
  }
  return NULL;
}

/* Gives each connection an equal share of all messages: a run of folders, cut where it must be. */
static void share(const struct folder *folders, size_t count, struct job *jobs) {
  unsigned long total = 0, before = 0;
  char path[4096];
  for (size_t i = 0; i < count; i++) total += folders[i].messages;
  for (int j = 0; j < CONNECTIONS; j++) {
    jobs[j].parts = allocated(count * sizeof *jobs[j].parts);
    jobs[j].count = 0;
  }
  for (size_t i = 0; i < count; i++) {
    if (folders[i].messages == 0) make_maildir(&folders[i], path, sizeof path);
    for (int j = 0; j < CONNECTIONS; j++) {
      unsigned long from = total * (unsigned long)j / CONNECTIONS;
      unsigned long to = total * (unsigned long)(j + 1) / CONNECTIONS;
      unsigned long first = from > before ? from - before : 0;
      unsigned long end =
          to < before ? 0 : to - before < folders[i].messages ? to - before : folders[i].messages;
      if (first < end)
        jobs[j].parts[jobs[j].count++] = (struct part){&folders[i], first + 1, end};
    }
    before += folders[i].messages;
  }
}

int main(int count, char **words) {
  if (count != 5) fail("usage: floor PORT USER PASSWORD DIRECTORY");
  struct job jobs[CONNECTIONS];
  pthread_t threads[CONNECTIONS];
  size_t folders_count;
  root = words[4];
  for (int j = 0; j < CONNECTIONS; j++)
    jobs[j].connection = sign_in(atoi(words[1]), words[2], words[3]);
  struct folder *folders = list(jobs[0].connection, &folders_count);
  share(folders, folders_count, jobs);
  for (int j = 0; j < CONNECTIONS; j++)
    if (pthread_create(&threads[j], NULL, work, &jobs[j]) != 0) fail("no thread");
  for (int j = 0; j < CONNECTIONS; j++) pthread_join(threads[j], NULL);
  int directory = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0 || syncfs(directory) != 0) fail("syncfs: %s", strerror(errno));
  for (int j = 0; j < CONNECTIONS; j++) send_text(jobs[j].connection, "out LOGOUT\r\n");
  for (int j = 0; j < CONNECTIONS; j++) while (!is_end(read_line(jobs[j].connection), "out")) {}
  return 0;
}
