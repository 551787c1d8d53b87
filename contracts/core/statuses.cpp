#include "contracts/core/statuses.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "contracts/core/request_parts.hpp"

namespace loquat::contracts {
namespace {

struct Row {
    std::string_view operation;
    std::array<int, 3> statuses{};  // 0 is none
};

// Why a service itself refuses; form, access and limits are known from the operation's own row.
constexpr auto own_refusals = std::to_array<Row>({
    Row{"register_user", {401, 403, 409}},
    Row{"login", {401, 403}},
    Row{"refresh", {401, 403}},
    Row{"get_me", {404}},
    Row{"update_me", {404, 409}},
    Row{"change_password", {404, 409}},
    Row{"delete_session", {404}},
    Row{"get_user", {404}},
    Row{"register_named", {401, 403, 409}},
    Row{"register_plain", {401, 403, 409}},
    Row{"login_named", {401, 403}},
    Row{"login_plain", {401, 403}},
    Row{"get_profile", {404}},
    Row{"set_role", {404, 409}},
    Row{"rotate_keys", {409}},
    Row{"add_account", {409}},
    Row{"get_account", {404}},
    Row{"reset_password", {404}},
    Row{"set_account_state", {404, 409}},
    Row{"set_account_role", {404, 409}},
    Row{"list_account_sessions", {404}},
    Row{"end_account_sessions", {404}},
    Row{"end_account_session", {404}},
    Row{"remove_account", {404, 409}},
    Row{"create_chat", {409}},
    Row{"get_chat", {403, 404}},
    Row{"update_chat", {403, 404}},
    Row{"delete_chat", {403, 404}},
    Row{"join_chat", {403, 404, 409}},
    Row{"leave_chat", {403, 404}},
    Row{"list_members", {403, 404}},
    Row{"put_member", {403, 404, 409}},
    Row{"remove_member", {403, 404}},
    Row{"post_message", {403, 404, 409}},
    Row{"list_messages", {403, 404}},
    Row{"edit_message", {403, 404, 409}},
    Row{"delete_message", {403, 404}},
    Row{"put_read", {403, 404}},
    Row{"post_typing", {403, 404}},
    Row{"start_generation", {403, 404, 409}},
    Row{"list_generations", {403, 404}},
    Row{"get_generation", {404}},
    Row{"stream_generation", {404}},
    Row{"cancel_generation", {403, 404}},
    Row{"send_chat", {403, 404, 409}},
    Row{"get_product", {404}},
    Row{"create_product", {409}},
    Row{"replace_product", {404, 409}},
    Row{"patch_product", {404, 409}},
    Row{"delete_product", {404}},
    Row{"get_cart", {404}},
    Row{"add_to_cart", {404, 409}},
    Row{"remove_from_cart", {404, 409}},
    Row{"update_cart", {404, 409}},
    Row{"clear_cart", {404, 409}},
    Row{"put_coupon", {404, 409}},
    Row{"create_coupon", {409}},
    Row{"get_session", {404}},
    Row{"claim_session", {404, 409}},
    Row{"check_out", {402, 404, 409}},
    Row{"get_order", {404}},
    Row{"cancel_order", {404, 409}},
    Row{"delete_coupon", {404}},
});

// What an answer may say instead of the usual status: the same again, or not stored yet.
constexpr auto other_successes = std::to_array<Row>({
    Row{"create_chat", {200}},
    Row{"post_message", {200, 202}},
    Row{"start_generation", {200}},
});

template <std::size_t N>
std::array<int, 3> statuses_in(const std::array<Row, N>& rows, std::string_view operation) {
    const auto row = std::ranges::find(rows, operation, &Row::operation);
    return row == rows.end() ? std::array<int, 3>{} : row->statuses;
}

}  // namespace

std::vector<int> successes_of(const Operation& operation) {
    if (operation.is_feed) {
        return {operation.spec.status, 204};  // 204: nothing comes any more
    }
    std::vector<int> statuses{operation.has_response ? operation.spec.status : 204};
    for (const int status : statuses_in(other_successes, operation.name)) {
        if (status != 0) {
            statuses.push_back(status);
        }
    }
    return statuses;
}

std::vector<int> refusals_of(const Operation& operation) {
    const RouteSpec& spec = operation.spec;
    const auto own = statuses_in(own_refusals, operation.name);
    const auto is_own = [&own](int status) { return std::ranges::find(own, status) != own.end(); };
    const bool is_read = spec.method == "GET";
    const bool reads_a_file = operation.request == nullptr;
    const std::pair<int, bool> rows[] = {
        {400, true},
        {401, spec.access != Access::anyone || is_own(401)},
        {402, is_own(402)},
        {403, spec.access == Access::admin || is_own(403)},
        {404, is_own(404)},
        {408, !is_read},
        {409, is_own(409)},
        {413, true},
        {414, true},
        {415, !is_read},
        {422, operation.has_request || reads_a_file},
        {429, spec.limit != LimitClass::none},
        {500, true},
        {503, true},
        {504, true},
    };
    std::vector<int> statuses;
    for (const auto& [status, can_be] : rows) {
        if (can_be) {
            statuses.push_back(status);
        }
    }
    return statuses;
}

std::vector<std::string_view> list_operations_with_statuses() {
    std::vector<std::string_view> names;
    for (const Row& row : own_refusals) {
        names.push_back(row.operation);
    }
    for (const Row& row : other_successes) {
        names.push_back(row.operation);
    }
    return names;
}

}  // namespace loquat::contracts
