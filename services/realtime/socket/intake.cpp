#include "services/realtime/socket/intake.hpp"

namespace loquat::realtime {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;
constexpr std::size_t message_slack_bytes = 64 * 1024;
constexpr std::size_t head_bytes_max = 16 * 1024;

}  // namespace

Intake::Intake(const Config& config) : buffer(buffer_bytes) {
    const auto body = config.body_bytes_max;
    const auto first = config.login_frame_bytes_max;
    websocket = {net::websocket::Role::server, body + message_slack_bytes, &inflaters};
    login = {.headers_max = 32, .head_bytes_max = first, .body_bytes_max = first};
    frames = {.headers_max = 100, .head_bytes_max = head_bytes_max, .body_bytes_max = body};
}

}  // namespace loquat::realtime
