#include "services/session/session.hpp"

#include "services/session/domain/order.hpp"
#include "wire/codec.hpp"

namespace loquat::session {
namespace {

using contracts::Caller;

constexpr std::string_view create_route = "session/create";
constexpr std::size_t clean_up_rows_max = 10'000;

Failure no_session() {
    return {Kind::not_found, "session.not_found", "There is no such shopping session."};
}

std::string currency_of(const std::optional<std::string>& wanted, const std::string& usual) {
    const auto currency = Currency::parse(wanted.value_or(usual));
    if (!currency) {
        throw invalid_field("currency", "currency", "must be a currency of ISO 4217, such as EUR");
    }
    return std::string{currency->code()};
}

contracts::ShopSession to_view(const SessionRow& session) {
    return {.session_id = session.id,
            .status = session.status,
            .currency = session.currency,
            .created_at = session.created_at,
            .expires_at = session.expires_at,
            .user_id = session.owner,
            .order_id = session.order,
            .next_session_id = session.next};
}

}  // namespace

ShopSessionStatus ShopSessions::status_of(const SessionRow& session) const {
    const bool is_over =
        session.status == ShopSessionStatus::active && parts_.clock.now() >= session.expires_at;
    return is_over ? ShopSessionStatus::expired : session.status;
}

Task<contracts::Reply<contracts::ShopSession>> ShopSessions::create_session(
    Caller caller, contracts::CreateShopSession request) {
    const Time now = parts_.clock.now();
    const auto keyed = store::KeyedRequest::of(caller, create_route, wire::encode(request), now);
    std::optional<store::RunningRequests::Turn> running;
    if (keyed) {
        running.emplace(running_.begin(*keyed));
        const auto answer = co_await parts_.store.find_answer(*keyed);
        if (answer) {
            co_return contracts::Reply<contracts::ShopSession>{
                .body = wire::from_json<contracts::ShopSession>(answer->body),
                .status = 201,
                .headers = {{"Idempotent-Replayed", "true"}}};
        }
    }
    SessionRow session{.id = ShopSessionId::make(),
                       .currency = currency_of(request.currency, settings_.currency),
                       .created_at = now,
                       .expires_at = now + settings_.session_seconds};
    std::optional<std::string> token;
    if (caller.user) {
        session.owner = *caller.user;
        if (caller.role == contracts::Role::guest) {
            session.guest = caller.session;
        }
    } else {
        contracts::GuestToken guest = co_await parts_.floor.issue_guest(caller);
        session.owner = guest.user_id;
        session.guest = guest.session_id;
        token = std::move(guest.token);
    }
    contracts::ShopSession view = to_view(session);
    view.token = std::move(token);
    std::optional<Kept> kept;
    if (keyed) {
        kept = Kept{*keyed, {.status = 201, .body = wire::encode(view)}};
    }
    co_await parts_.store.add(std::move(session), std::move(kept));
    co_return contracts::Reply<contracts::ShopSession>{.body = std::move(view), .status = 201};
}

Task<SessionRow> ShopSessions::own(Caller caller, std::string ref) {
    const auto id = contracts::parse_ref<ShopSessionId>(ref, "session");
    if (!id) {
        throw no_session();
    }
    auto session = co_await parts_.store.find(*id);
    if (!session || session->owner != caller.shopper_id()) {
        throw no_session();
    }
    co_return *std::move(session);
}

Task<contracts::ShopSession> ShopSessions::view_of(Caller caller, SessionRow session) {
    session.status = status_of(session);
    const CartFacts cart = co_await parts_.floor.cart_facts(std::move(caller), session.id);
    const bool is_left =
        cart.has_lines && parts_.clock.now() >= cart.changed_at + settings_.abandon_seconds;
    if (session.status == ShopSessionStatus::active && is_left) {
        session.status = ShopSessionStatus::abandoned;
    }
    contracts::ShopSession view = to_view(session);
    view.cart_version = cart.version;
    co_return view;
}

Task<contracts::ShopSession> ShopSessions::get_session(Caller caller,
                                                       contracts::ShopSessionRef request) {
    SessionRow session = co_await own(caller, std::move(request.id));
    co_return co_await view_of(std::move(caller), std::move(session));
}

Task<contracts::ShopSession> ShopSessions::get_session_within(Caller caller,
                                                              contracts::ShopSessionRef request) {
    const auto id = contracts::parse_ref<ShopSessionId>(request.id, "session");
    std::optional<SessionRow> session;
    if (id) {
        session = co_await parts_.store.find(*id);
    }
    if (!session) {
        throw no_session();
    }
    co_return co_await view_of(std::move(caller), *std::move(session));
}

Task<contracts::SessionVerdict> ShopSessions::validate_session(Caller,
                                                               contracts::ValidateSession request) {
    const auto id = contracts::parse_ref<ShopSessionId>(request.session_id, "session");
    std::optional<SessionRow> session;
    if (id) {
        session = co_await parts_.store.find(*id);
    }
    if (!session) {
        co_return contracts::SessionVerdict{};
    }
    const ShopSessionStatus status = status_of(*session);
    const bool is_open = status == ShopSessionStatus::active;
    co_return contracts::SessionVerdict{
        .valid = is_open && (!request.user_id || *request.user_id == session->owner),
        .status = status,
        .user_id = session->owner,
        .currency = session->currency,
        .expires_at = session->expires_at,
        .order_id = session->order};
}

void ShopSessions::check_claimable(const SessionRow& session, UserId claimer) const {
    const ShopSessionStatus status = status_of(session);
    const bool is_open = status == ShopSessionStatus::active;
    if (!is_open && session.owner != claimer) {
        throw not_active(status, session.order);
    }
}

Task<contracts::ShopSession> ShopSessions::claim_session(Caller caller,
                                                         contracts::ClaimShopSession request) {
    const UserId me = caller.user_id();
    const contracts::ProvenGuest guest =
        co_await parts_.floor.prove_guest(caller, std::move(request.guest_token));
    auto from = co_await parts_.store.find_of_guest(guest.session_id);
    if (!from) {
        throw no_session();
    }
    if (from->status == ShopSessionStatus::merged && from->next) {
        const auto into = co_await parts_.store.find(*from->next);
        if (!into || into->owner != me) {
            throw no_session();
        }
        const ShopSessionId id = into->id;
        co_return co_await merge_into(std::move(caller), *std::move(from), id);
    }
    if (from->owner != guest.user_id && from->owner != me) {
        throw no_session();
    }
    check_claimable(*from, me);
    const auto mine = co_await parts_.store.find_active(me, parts_.clock.now());
    if (from->owner == me || !mine) {
        co_return co_await take_over(std::move(caller), *std::move(from));
    }
    const ShopSessionId id = mine->id;
    co_return co_await merge_into(std::move(caller), *std::move(from), id);
}

// Each step may be repeated: a claim that was cut off is gone on with by the next one.
Task<contracts::ShopSession> ShopSessions::merge_into(Caller caller, SessionRow from,
                                                      ShopSessionId into) {
    contracts::MergedCart merged = co_await parts_.floor.merge_cart(caller, into, from.id);
    co_await parts_.store.note_merged(from.id, into);
    if (from.guest) {
        co_await parts_.floor.end_guest(caller, *from.guest);
    }
    auto session = co_await parts_.store.find(into);
    contracts::ShopSession view = co_await view_of(std::move(caller), std::move(session).value());
    view.merged = std::move(merged.merged);
    co_return view;
}

Task<contracts::ShopSession> ShopSessions::take_over(Caller caller, SessionRow session) {
    const UserId me = caller.user_id();
    co_await parts_.store.hand_over(session.id, me);
    co_await parts_.floor.hand_over_cart(caller, session.id, me);
    if (session.guest) {
        co_await parts_.floor.end_guest(caller, *session.guest);
    }
    session.owner = me;
    contracts::ShopSession view = co_await view_of(std::move(caller), std::move(session));
    view.merged.emplace();
    co_return view;
}

Task<void> ShopSessions::maintain() {
    co_await parts_.store.clean_up(parts_.clock.now(), clean_up_rows_max);
}

}  // namespace loquat::session
