#pragma once
#include <optional>
#include <string>
#include <string_view>

// Names and passwords in one form each, as RFC 8264 (PRECIS) defines: what somebody types on
// another keyboard, in another composition or width, is the same name.
namespace loquat::precis {

// RFC 8264 section 8.
enum class Property {
    valid,          // PVALID
    free_only,      // ID_DIS or FREE_PVAL: allowed in free texts, not in identifiers
    context_join,   // CONTEXTJ
    context_other,  // CONTEXTO
    disallowed,
    unassigned,
};
Property property_of(char32_t character);

// Each gives the text in the profile's form, or nothing when the profile refuses it.  An empty text
// is refused.  Any bytes may be given.

// RFC 8265 section 3.3: width, case, NFC, and the bidi rule of RFC 5893.
std::optional<std::string> to_username_case_mapped(std::string_view text);
// RFC 8265 section 4.2: spaces become U+0020, NFC; case is kept.
std::optional<std::string> to_opaque_string(std::string_view text);
// RFC 8266 section 2.3: spaces as one, none around, NFKC; case is kept.  Beyond the RFC, the
// joiners and selectors that belong to an emoji are allowed.
std::optional<std::string> to_nickname(std::string_view text);
// RFC 8266 section 2.4: two nicknames are one where these are equal.
std::optional<std::string> to_nickname_key(std::string_view text);

}  // namespace loquat::precis
