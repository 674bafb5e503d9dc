"""The database and the static files that every measurement starts from."""

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import call_command

    from bench.content import make_neighbours

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    make_neighbours()
