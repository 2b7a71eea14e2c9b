class Refusal(Exception):
    """The rules say no; its sentence is shown."""

    message = "Không thực hiện được theo quy định."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(self.message if message is None else message)

    def __str__(self) -> str:
        return str(self.args[0])
