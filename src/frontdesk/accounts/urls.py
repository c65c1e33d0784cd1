"""Addresses of the account pages, included at /account/. Names that allauth reverses keep allauth's names."""

from django.urls import path

from frontdesk.accounts.views import codes, invitations, passwords, second_factor, security, signing_in, signing_up

urlpatterns = [
    path("login/", signing_in.SignIn.as_view(), name="account_login"),
    path("login/code/", codes.ask, name="sign_in_by_code"),
    path("login/code/enter/", codes.enter, name="enter_sign_in_code"),
    path("login/code/again/", codes.again, name="sign_in_code_again"),
    path("logout/", signing_in.SignOut.as_view(), name="account_logout"),
    path("inactive/", signing_in.inactive, name="account_inactive"),
    path("reauthenticate/", signing_in.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("signup/", signing_up.sign_up_page, name="account_signup"),
    path("confirm-email/", signing_up.mail_sent, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", signing_up.confirm_address, name="account_confirm_email"),
    path("email/", security.ChangeAddress.as_view(), name="account_email"),
    path("security/", security.security, name="security"),
    path("password/change/", passwords.change, name="account_change_password"),
    path("password/reset/", passwords.ask_for_reset, name="account_reset_password"),
    path("password/reset/asked/", passwords.reset_asked, name="account_reset_password_done"),
    path("password/reset/done/", passwords.reset_done, name="account_reset_password_from_key_done"),
    path("password/reset/<str:key>/", passwords.reset, name="account_reset_password_from_key"),
    path("2fa/authenticate/", second_factor.Authenticate.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_factor.ReauthenticateByCode.as_view(), name="mfa_reauthenticate"),
    path("2fa/", security.security, name="mfa_index"),
    path("2fa/totp/activate/", second_factor.Activate.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", second_factor.Deactivate.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", second_factor.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/new/", second_factor.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("invitation/<str:token>/", invitations.invitation, name="staff_invitation"),
]
