WINDOW = 100


class Window:
    def __init__(self):
        self.ids = []

    @property
    def sent(self):
        return self.ids[-1] if self.ids else self.base

    @sent.setter
    def sent(self, number):
        self.base, self.ids, self.kept = number, [], getattr(self, "kept", 0) + len(self.ids)

    def left(self):
        return WINDOW - len(self.ids) - self.kept

    def note(self, number):
        self.ids.append(number)

    def is_new(self, seen):
        return seen in self.ids or (self.kept > 0 and seen == self.base)

    def confirm(self, seen):
        if self.ids and seen in self.ids:
            self.base, self.kept, self.ids = seen, 0, self.ids[self.ids.index(seen) + 1 :]
