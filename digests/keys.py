"""What makes a mail unique: the same thing for the same person is one row, whoever asks for it and however often."""


def of_digest(run: int, person: int) -> str:
    return f"digest:{run}:{person}"


def of_decision(decision: int, person: int) -> str:
    return f"decision:{decision}:{person}"


def of_review(task_state: int, person: int) -> str:
    return f"review:{task_state}:{person}"


def of_reply(comment: int, person: int) -> str:
    return f"reply:{comment}:{person}"
