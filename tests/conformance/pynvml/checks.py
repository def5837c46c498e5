"""Counting what was compared, and telling what differed."""

import contextlib
import traceback


class Checks:
    def __init__(self, most_shown=40):
        self.done = 0
        self.failures = []
        self.most_shown = most_shown
        self.where = ""

    def at(self, where):
        self.where = where

    def true(self, condition, what):
        self.done += 1
        if not condition:
            self.failures.append(f"{self.where}: {what}")
        return bool(condition)

    def equal(self, what, got, want):
        """want None: nobody knows the number, so it is not compared."""
        if want is None:
            return True
        return self.true(got == want, f"{what} is {got!r}, should be {want!r}")

    def code(self, what, got, *allowed):
        wanted = " or ".join(str(code) for code in allowed)
        return self.true(got in allowed, f"{what} answers NVML code {got}, should be {wanted}")

    @contextlib.contextmanager
    def going_on(self):
        """An error inside is one more failure, not the end of the walk."""
        try:
            yield
        except Exception as error:  # whatever a client may meet
            last = traceback.extract_tb(error.__traceback__)[-3:]
            trace = " < ".join(f"{f.name}:{f.lineno}" for f in reversed(last))
            self.true(False, f"{type(error).__name__}: {error} in {trace}")

    def report(self):
        for failure in self.failures[:self.most_shown]:
            print(f"FAILED {failure}")
        if len(self.failures) > self.most_shown:
            print(f"... and {len(self.failures) - self.most_shown} more")
        return not self.failures
