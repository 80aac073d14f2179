"""Who somebody is, asked of the database while connections last; for many of them at once."""

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare


def logged_in(keys: set[str]) -> set[str]:
    """Return those of these sessions that are one of a person at this very moment."""
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    claims = {one.session_key: one.get_decoded() for one in sessions}
    ids = {claim[SESSION_KEY] for claim in claims.values() if SESSION_KEY in claim}
    people = {str(one.pk): one for one in get_user_model().objects.filter(pk__in=ids)}
    return {
        key for key, claim in claims.items() if is_of(claim, people.get(claim.get(SESSION_KEY)))
    }


def is_of(claim: dict, person: AbstractBaseUser | None) -> bool:
    """Tell whether a session is a person's; a new password, for one, ends those from before it."""
    if person is None or not person.is_active:
        return False
    return constant_time_compare(claim.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
