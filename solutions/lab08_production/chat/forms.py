"""The form with which a new person comes."""

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator

LONGEST = 30  # characters of a name; two of them fit into the name of a private room
TAKEN = "Somebody is called that already; choose another name."
SIGNS = "A name is made of letters, digits, hyphens, underscores and periods."


class SignUp(forms.ModelForm):
    """A name that nobody has, and a password."""

    username = forms.CharField(
        max_length=LONGEST, validators=[RegexValidator(r"^[\w.-]+\Z", SIGNS)]
    )
    password = forms.CharField(max_length=200, strip=False)

    class Meta:
        model = User
        fields = ("username", "password")

    def clean_username(self) -> str:
        """Refuse a name that somebody has, also when it differs in capital letters only."""
        name = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(TAKEN)
        return name

    def clean_password(self) -> str:
        """Refuse a password that is short or that everybody knows."""
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]

    def save(self, commit: bool = True) -> User:
        """Make the person; of the password, only a hash is kept."""
        return User.objects.create_user(**self.cleaned_data)
