from discussion.selectors import thread_page


def thread_of(*, user, **where):
    """The comments of the first page of a thread, oldest first."""
    return thread_page(user=user, **where).comments
