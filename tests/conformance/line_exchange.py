"""Lines that go to a program, each answered by one line."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO


class Conversation:
    """Asks through one stream and listens at another. ``last_words`` says what is known of a program that does not answer."""

    def __init__(self, questions: IO[str], answers: IO[str], last_words: Callable[[], str]) -> None:
        self._questions = questions
        self._stream = answers
        self._last_words = last_words
        self._answers: SimpleQueue[str] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def answer(self, seconds: float) -> str:
        """The next line. Raises AssertionError where none comes, with the last words."""
        try:
            line = self._answers.get(timeout=seconds)
        except Empty:
            raise AssertionError(f"no answer within {seconds} s; {self._last_words()}") from None
        if not line:
            raise AssertionError(f"it ended instead of answering; {self._last_words()}")
        return line.rstrip("\n")

    def ask(self, command: str, seconds: float) -> str:
        """The answer to a command."""
        try:
            print(command, file=self._questions, flush=True)
        except BrokenPipeError:
            pass  # it ended; the answer, which is none, says how
        return self.answer(seconds)

    def end_questions(self) -> None:
        """Lets the program see the end of its input."""
        try:
            self._questions.close()
        except BrokenPipeError:
            pass  # it ended with a question unread

    def finish(self) -> None:
        """Once the program has ended, or was killed: nothing of the conversation is left."""
        self.end_questions()
        self._reader.join()
        self._stream.close()

    def _read(self) -> None:
        for line in self._stream:
            self._answers.put(line)
        self._answers.put("")
