//! Errors of identity, each with a stable code.

use kernel::Error;

/// Why identity refused. No message reveals whether an e-mail address or a tenant exists.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// 401 `unauthenticated`.
    #[error("Sign in, or send an API key as `Authorization: Bearer wapro_…`.")]
    Unauthenticated,
    /// 401 `invalid_credentials`: one sentence for a wrong password and an unknown address.
    #[error("The e-mail address or the password is wrong.")]
    InvalidCredentials,
    /// 401 `invalid_api_key`.
    #[error("This API key is unknown or was revoked.")]
    InvalidApiKey,
    /// 401 `api_key_expired`.
    #[error("This API key has expired. Create a new one.")]
    ApiKeyExpired,
    /// 403 `cross_site_request`.
    #[error("This request came from another site. Use the portal's own address, or an API key.")]
    CrossSite,
    /// 403 `no_membership`.
    #[error("You belong to no tenant yet. Ask an administrator to add you.")]
    NoMembership,
    /// 403 `scope_not_held`.
    #[error("A key cannot have more rights than you: you do not hold `{0}`.")]
    ScopeNotHeld(String),
    /// 404 `not_found`, the same for a foreign tenant and one that does not exist.
    #[error("tenant")]
    NoSuchTenant,
    /// 404 `not_found`.
    #[error("module")]
    NoSuchModule,
    /// 404 `not_found`: never there, expired, or somebody else's.
    #[error("session")]
    NoSuchSession,
    /// 404 `not_found`: never there, expired or replaced.
    #[error("file")]
    NoSuchLogo,
    /// 409 `module_required`.
    #[error(
        "The module `{0}` cannot be switched off: without it nobody could sign in to switch it on again."
    )]
    ModuleRequired(String),
    /// 409 `module_required`: another module that is on needs it.
    #[error("The module `{module}` cannot be switched off while `{by}` is on, which needs it.")]
    ModuleNeeded {
        /// To be switched off.
        module: &'static str,
        /// What needs it.
        by: &'static str,
    },
    /// 409 `user_exists`.
    #[error("A user with this e-mail address exists already.")]
    UserExists,
    /// 409 `too_many_api_keys`.
    #[error("A tenant may have 1000 API keys. Revoke those that are no longer used.")]
    TooManyApiKeys,
    /// 409 `too_many_preferences`.
    #[error("There may be 100 saved views and preferences. Delete some that are no longer used.")]
    TooManyPreferences,
    /// 422 `wrong_password`, on the field `old_password`: the session stays.
    #[error("is not your password")]
    WrongPassword,
    /// 422, naming the field.
    #[error("`{field}`: {message}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// 429 `too_many_requests`.
    #[error("{sentence}")]
    TooMany {
        /// What was exceeded.
        sentence: &'static str,
        /// Seconds to wait.
        retry_after: u64,
    },
    /// An error of the kernel.
    #[error(transparent)]
    Kernel(#[from] Error),
}

impl From<sea_orm::DbErr> for IdentityError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Kernel(error.into())
    }
}

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        let sentence = error.to_string();
        match error {
            IdentityError::Unauthenticated => Self::unauthenticated("unauthenticated", sentence),
            IdentityError::InvalidCredentials => Self::unauthenticated("invalid_credentials", sentence),
            IdentityError::InvalidApiKey => Self::unauthenticated("invalid_api_key", sentence),
            IdentityError::ApiKeyExpired => Self::unauthenticated("api_key_expired", sentence),
            IdentityError::CrossSite => Self::forbidden("cross_site_request", sentence),
            IdentityError::NoMembership => Self::forbidden("no_membership", sentence),
            IdentityError::ScopeNotHeld(_) => Self::forbidden("scope_not_held", sentence),
            IdentityError::NoSuchTenant => Self::not_found("tenant"),
            IdentityError::NoSuchModule => Self::not_found("module"),
            IdentityError::NoSuchSession => Self::not_found("session"),
            IdentityError::NoSuchLogo => Self::not_found("file"),
            IdentityError::TooManyPreferences => Self::conflict("too_many_preferences", sentence),
            IdentityError::WrongPassword => {
                Self::invalid("old_password", sentence).with_code("wrong_password")
            }
            IdentityError::ModuleRequired(_) | IdentityError::ModuleNeeded { .. } => {
                Self::conflict("module_required", sentence)
            }
            IdentityError::TooManyApiKeys => Self::conflict("too_many_api_keys", sentence),
            IdentityError::UserExists => Self::conflict("user_exists", sentence),
            IdentityError::Invalid { field, message } => Self::invalid(field, message),
            IdentityError::TooMany {
                sentence,
                retry_after,
            } => Self::too_many(sentence, retry_after),
            IdentityError::Kernel(error) => error,
        }
    }
}
