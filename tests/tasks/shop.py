"""Events of a small shop whose customers walk along a ring of items, and its side files."""

from __future__ import annotations

USERS, ITEMS, STEPS = 24, 12, 5
START, DAY = 1_700_000_000, 86_400
GENRES = ("comedy|short", "drama|long", "comedy|long", "drama|short", "comedy", "drama")


def events(**changes):
    """Rows with numbers as ids: user u takes item u, then the next, a day apart."""
    rows = [
        {"user": user, "item": 100 + (user + step) % ITEMS, "time": START + DAY * step + user}
        for user in range(USERS)
        for step in range(STEPS)
    ]
    return [row | {name: make(row) for name, make in changes.items()} for row in rows]


def rated():
    """The same rows with ratings that depend on who rates what."""
    return events(rating=lambda row: 1 + (row["user"] % 3 + row["item"]) % 5)


def later():
    """What each user takes next."""
    return [
        {"user": user, "item": 100 + (user + STEPS) % ITEMS, "time": START + DAY * 9} for user in range(USERS)
    ]


def item_file():
    """Two items more than were ever taken; number 103 is sold out. Ids are text."""
    return [
        {
            "item_id": str(100 + number),
            "title": f"Film {number}",
            "genre": GENRES[number % 6],
            "year": 1990 + number,
            "stock": 0 if number == 3 else 7,
        }
        for number in range(ITEMS + 2)
    ]


def user_file():
    """Where customers live and how old they are."""
    cities = ("oslo", "rome")
    return [
        {"user_id": str(user), "city": cities[user % 2], "age": 20 + user % 3 * 10} for user in range(USERS)
    ]


def again():
    """Customers who buy the same four things over and over, at times written as dates."""
    return [
        {"user": f"c{user}", "item": f"p{(user + step * step) % 4}", "time": f"2024-01-{1 + step:02d}"}
        for user in range(20)
        for step in range(6)
    ]
