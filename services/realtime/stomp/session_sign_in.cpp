#include "base/text.hpp"
#include "contracts/auth/events.hpp"
#include "contracts/core/check.hpp"
#include "services/realtime/stomp/session.hpp"

namespace loquat::realtime {

namespace stomp = net::stomp;

namespace {

struct RefreshBody {
    std::string access_token;
};
BOOST_DESCRIBE_STRUCT(RefreshBody, (), (access_token))

std::string_view without_scheme(std::string_view authorization) {
    const std::string_view value = trim(authorization);
    return equal_ignoring_case(value.substr(0, 7), "Bearer ") ? trim(value.substr(7)) : value;
}

}  // namespace

std::string Session::token_of(const Frame& frame) {
    for (const std::string_view name :
         {"Authorization", "authorization", "access_token", "token"}) {
        const std::string_view value = without_scheme(frame.get_or_empty(name));
        if (!value.empty()) {
            return std::string{value};
        }
    }
    // Clients of message brokers can set only these two.
    const std::string_view passcode = frame.get_or_empty("passcode");
    return std::string{passcode.empty() ? *upgrade_token_ : passcode};
}

Call Session::sign_in() {
    const Frame& frame = work_->frame;
    const auto theirs = stomp::parse_heart_beat(frame.find("heart-beat").value_or("0,0"));
    if (!theirs) {
        throw Failure{Kind::malformed, "stomp.malformed", "heart-beat must be two numbers."};
    }
    std::string token = token_of(frame);
    if (token.empty()) {
        throw Failure{Kind::unauthenticated, "auth.required", "Sign in first."};
    }
    const std::chrono::milliseconds ours = parts_.config.heart_beat_ms;
    work_->what = FrameWork::SignIn{stomp::agree({ours, ours}, *theirs)};
    return VerifyToken{std::move(token)};
}

void Session::on_identity(Identity identity) {
    take_identity(std::move(identity));
    beats_ = std::get<FrameWork::SignIn>(work_->what).beats;
    signed_in_ = true;
    upgrade_token_.reset();
    answer_connected();
    wire_.on_signed_in();
}

void Session::take_identity(Identity identity) {
    contracts::check_access(contracts::Access::user, contracts::From::outside, identity.role);
    if (parts_.clock.now() >= identity.expires_at) {
        throw token_expired();
    }
    if (parts_.rights.is_over({identity.user, identity.session, identity.issued_at})) {
        throw Failure{Kind::unauthenticated, "auth.token_revoked",
                      "This session has ended. Sign in again."};
    }
    identity_ = std::move(identity);
    warned_ = false;
}

void Session::answer_connected() {
    const auto version = wire_.shape().version;
    const std::string beat = std::to_string(parts_.config.heart_beat_ms.count());
    std::string bytes;
    stomp::FrameWriter writer{bytes, version, stomp::Command::connected};
    writer.header("version", stomp::to_text(version))
        .header("heart-beat", beat + "," + beat)
        .header("server", "loquat")
        .header("session",
                identity_.session.to_string() + "-" + std::to_string(parts_.maker.next_number()))
        .header("user-name", identity_.username)
        .finish();
    wire_.answer(bytes);
}

Call Session::refresh_token() {
    auto request = wire::from_json<RefreshBody>(work_->frame.body);
    work_->what = FrameWork::Refresh{};
    return VerifyToken{std::move(request.access_token)};
}

void Session::on_new_token(Identity identity) {
    if (identity.user != identity_.user) {
        throw Failure{Kind::unauthenticated, "auth.invalid_token",
                      "The token is another person's."};
    }
    take_identity(std::move(identity));
    wire_.reschedule();
}

void Session::warn_of_expiry() {
    warned_ = true;
    give_feed(Feed::session, wire::encode(contracts::TokenExpiring{identity_.expires_at}));
}

}  // namespace loquat::realtime
