from django import forms

from chat.models import Message


class CursorForm(forms.Form):
    after = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class MessageForm(forms.ModelForm):
    class Meta:
        model = Message
        fields = ["author", "text"]
