from django.utils.translation import gettext


class Refusal(Exception):
    """The rules say no; its sentence is shown, in the language of the page, with what it is `about` where its text names it."""

    message = "Không thực hiện được theo quy định."

    def __init__(self, message: str | None = None, **about: object) -> None:
        super().__init__(self.message if message is None else message)
        self.about = about

    def __str__(self) -> str:
        said = gettext(str(self.args[0]))
        return said % self.about if self.about else said
