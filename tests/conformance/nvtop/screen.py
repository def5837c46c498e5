"""A terminal screen, as much of one as nvtop needs: what a person would read after its output.

Understands what terminfo's "linux" entry sends: cursor movement, erasing, insertion and deletion,
scrolling, repetition. Colors and character sets are swallowed.
"""

import codecs
import re

_ESCAPE = re.compile(
    r"\x1b(?:\[(?P<private>[?>!])?(?P<numbers>[\d;]*)(?P<final>[@-~])"  # CSI
    r"|\](?P<command>[^\x07\x1b]*)(?:\x07|\x1b\\|(?=\x1b))"  # linux palette
    r"|[()*+][0-9A-Za-z]|(?P<single>[78cDEHMZ=><]))")


class Screen:
    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.pending = ""
        self.last = " "
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.cells)

    def feed(self, data):
        """data: bytes as the program wrote them, cut anywhere."""
        text, at = self.pending + self.decoder.decode(data), 0
        self.pending = ""
        while at < len(text):
            if text[at] != "\x1b":
                self._put(text[at])
                at += 1
                continue
            match = _ESCAPE.match(text, at)
            if match is None:
                if len(text) - at < 64:  # the rest of the sequence is still to come
                    self.pending = text[at:]
                    return
                at += 1
                continue
            if match["final"] and not match["private"]:
                self._control(match["final"], match["numbers"])
            at = match.end()

    def _put(self, character):
        if character == "\n":
            self._line_feed()
        elif character == "\r":
            self.column = 0
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)
        elif character >= " ":
            if self.column >= self.columns:
                self.column = 0
                self._line_feed()
            self.cells[self.row][self.column] = self.last = character
            self.column += 1

    def _line_feed(self):
        if self.row + 1 < self.rows:
            self.row += 1
        else:
            self.cells.append([" "] * self.columns)
            del self.cells[0]

    def _control(self, final, numbers):
        values = [int(number) if number else 0 for number in numbers.split(";")]
        first = max(values[0], 1)
        line = self.cells[self.row]
        if final in "Hf":
            self._go(first - 1, max(values[1] if len(values) > 1 else 1, 1) - 1)
        elif final in "ABCDEF":
            down = {"A": -first, "B": first, "E": first, "F": -first}.get(final, 0)
            right = {"C": first, "D": -first}.get(final, 0)
            self._go(self.row + down, 0 if final in "EF" else self.column + right)
        elif final in "G`":
            self._go(self.row, first - 1)
        elif final == "d":
            self._go(first - 1, self.column)
        elif final == "J":
            self._erase_screen(values[0])
        elif final == "K":
            self._erase_line(values[0])
        elif final == "X":
            line[self.column:self.column + first] = [" "] * min(first, self.columns - self.column)
        elif final == "@":
            line[self.column:self.column] = [" "] * first
            del line[self.columns:]
        elif final == "P":
            del line[self.column:self.column + first]
            line += [" "] * (self.columns - len(line))
        elif final == "b":
            for _ in range(first):
                self._put(self.last)

    def _go(self, row, column):
        self.row = min(max(row, 0), self.rows - 1)
        self.column = min(max(column, 0), self.columns - 1)

    def _erase_screen(self, how):
        self._erase_line(how)
        below = range(self.row + 1, self.rows) if how == 0 else range(self.row)
        for row in range(self.rows) if how >= 2 else below:
            self.cells[row] = [" "] * self.columns

    def _erase_line(self, how):
        line = self.cells[self.row]
        begin = self.column if how == 0 else 0
        end = min(self.column + 1, self.columns) if how == 1 else self.columns
        line[begin:end] = [" "] * (end - begin)
