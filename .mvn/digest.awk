# Reads what Maven prints and shows what a person wants to see: a line a module that ran tests,
# errors, the sum at the end.

function number(name,   part) {
  part = $0
  sub(".*" name ": ", "", part)
  return part + 0
}

{ gsub(/\033\[[0-9;]*m/, "") }

/^\[INFO\] Building / { module = $3; sub(/^mailtide-/, "", module) }

# A module's total; the lines of single classes say more after the counts.
/^\[[A-Z]+\] Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+ *$/ {
  run += number("Tests run")
  failures += number("Failures")
  errors += number("Errors")
  skipped += number("Skipped")
  if (tests == "yes") printf "%-16s %5d tests\n", module, number("Tests run")
  fflush()
  next
}

# Failed tests: their names at once, the reasons in the summary that Surefire gives at the module's end.
/<<< (FAILURE|ERROR)!/ { detail = 0; sub(/^\[ERROR\] */, ""); print; fflush(); next }

/^\[ERROR\]/ {
  detail = 0
  if (/full stack trace|Re-run Maven|For more information|After correcting|\] \[Help 1\]/) next
  if (/mvn <args>|surefire-reports|dump files/) next
  sub(/^\[ERROR\] */, "")
  sub(/ -> \[Help 1\]$/, "")
  if (!NF) next
  print
  fflush()
  detail = 12
  next
}

# A compiler's warning fails the build, so it is shown as an error is.
/^\[WARNING\].*\.java:\[[0-9]/ { sub(/^\[WARNING\] */, ""); print; fflush(); detail = 12; next }

/^\[(INFO|WARNING)\]/ { detail = 0; next }

# What follows an error without a mark of its own: the assertion's words, the place in the source.
detail > 0 && NF { print; detail-- }

END {
  if (tests != "yes") exit 0
  printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", run, failures, errors, skipped
  if (skipped > 0) print "A skipped test fails the build: what a test needs, ./build test installs or names."
  exit (skipped > 0 || run == 0)
}
