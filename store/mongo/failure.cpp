#include "store/mongo/failure.hpp"

#include <algorithm>
#include <array>

#include "store/mongo/mongo_library.hpp"

namespace loquat::store {
namespace {

using std::chrono::seconds;
using Meaning = MongoError::Meaning;

// Of servers: no primary, starting or ending, a connection between members that was lost.
constexpr std::array away_codes{6,    7,     89,    91,    133,   189,   202,
                                9001, 10058, 10107, 11600, 11602, 13435, 13436};
// The write went to the primary, and how many have it was not confirmed in time.
constexpr std::array unknown_codes{50, 64, 79, 100, 262};
constexpr std::array denied_codes{13, 18, 8000};
constexpr std::array full_codes{14031, 12501};
constexpr std::array large_codes{10334, 17280, 17420};
// A rule of the collection.
constexpr int invalid_document_code = 121;

template <std::size_t size>
bool is_in(const std::array<int, size>& codes, int code) {
    return std::ranges::find(codes, code) != codes.end();
}

Meaning meaning_of(int code) {
    if (is_in(away_codes, code)) {
        return Meaning::away;
    }
    if (is_in(unknown_codes, code)) {
        return Meaning::unknown;
    }
    return is_in(denied_codes, code) ? Meaning::denied : Meaning::other;
}

// What is in brackets says it; before them the library tells how it searched.
std::string core_of(std::string text) {
    const std::size_t begin = text.find('[');
    const std::size_t end = text.rfind(']');
    if (begin != std::string::npos && end != std::string::npos && end > begin + 1) {
        text = text.substr(begin + 1, end - begin - 1);
    }
    std::ranges::replace(text, '\n', ' ');
    return text;
}

bool is_about_certificates(std::string_view text) {
    return text.contains("certificate") || text.contains("TLS handshake");
}

}  // namespace

MongoError read_error(int code, std::string text) {
    return {meaning_of(code), code, core_of(std::move(text))};
}

MongoError read_error(const ::bson_error_t& error) {
    const std::string text = core_of(error.message);
    const auto code = static_cast<int>(error.code);
    switch (error.domain) {
        case MONGOC_ERROR_SERVER:
        case MONGOC_ERROR_WRITE_CONCERN:
            return {meaning_of(code), code, text};
        case MONGOC_ERROR_STREAM:
            return {Meaning::unknown, 0, text};
        case MONGOC_ERROR_SERVER_SELECTION: {
            const bool is_denied =
                is_about_certificates(text) || text.contains("uthentication failed");
            return {is_denied ? Meaning::denied : Meaning::away, 0, text};
        }
        case MONGOC_ERROR_CLIENT:
            return {
                error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE ? Meaning::denied : Meaning::other,
                0, text};
        case MONGOC_ERROR_SCRAM:
        case MONGOC_ERROR_SASL:
            return {Meaning::denied, 0, text};
        case MONGOC_ERROR_PROTOCOL:
            return {error.code == MONGOC_ERROR_PROTOCOL_BAD_WIRE_VERSION ? Meaning::other
                                                                         : Meaning::unknown,
                    0, text};
        default:
            return {Meaning::other, 0, text};
    }
}

Failure mongo_unavailable(std::string detail) {
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.", std::move(detail)}
        .retry_in(seconds{1});
}

Failure mongo_damaged(std::string detail) {
    return Failure{Kind::unavailable, "store.damaged", "What is stored is damaged.",
                   std::move(detail)};
}

void throw_mongo(const MongoError& error) {
    if (is_in(full_codes, error.code)) {
        throw Failure{Kind::unavailable, "store.full", "There is no space left to store this.",
                      error.text}
            .retry_in(seconds{5});
    }
    if (is_in(large_codes, error.code)) {
        throw Failure{Kind::too_large, "store.too_large", "This is too large to store.",
                      error.text};
    }
    if (error.code == invalid_document_code) {
        throw Failure{Kind::internal, "store.constraint", "The data could not be stored.",
                      error.text};
    }
    if (error.code == MONGOC_ERROR_DUPLICATE_KEY) {
        throw Failure{Kind::conflict, "store.conflict", "The data conflicts with what is stored.",
                      error.text};
    }
    switch (error.meaning) {
        case Meaning::away:
            throw mongo_unavailable(error.text);
        case Meaning::unknown:
            throw Failure{Kind::timed_out, "upstream.timeout", "The answer did not come in time.",
                          error.text};
        case Meaning::denied:
            throw Failure{Kind::internal, "store.denied",
                          "The store does not let this program do this.", error.text};
        case Meaning::other:
            throw Failure{Kind::internal, "store.statement", "The store could not do this.",
                          error.text};
    }
    std::abort();
}

}  // namespace loquat::store
