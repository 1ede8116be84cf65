# SPDX-License-Identifier: Apache-2.0
"""A template that is refused: with file, line, what is wrong and what would be accepted."""


class Refused(Exception):
    def __init__(self, file, line, text):
        super().__init__(f"{file}:{line}: {text}")
