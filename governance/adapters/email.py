"""E-mail through Django's configured backend. There is no receipt: handed over counts as delivered."""

import smtplib

from django.core.mail import send_mail

from governance.adapters import CarrierError, Handed


class Email:
    def send(self, *, address: str, subject: str, body: str, reference: str) -> Handed:
        try:
            send_mail(subject, body, None, [address])
        except (smtplib.SMTPException, OSError) as error:
            raise CarrierError(str(error)) from error
        return Handed(provider_ref=f"email-{reference}", delivered=True)
