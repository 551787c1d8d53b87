#include "services/product/adapters/sql_stock.hpp"

#include <algorithm>

#include "services/product/adapters/product_rows.hpp"
#include "services/product/domain/reservation.hpp"

namespace loquat::product {
namespace {

using contracts::ProductId;
using contracts::Reservation;
using contracts::ReservationId;
using contracts::ReservationState;
using store::Params;
using store::Row;
using store::Rows;
using store::Transaction;

constexpr std::int64_t ended_at_once_max = 100;
// So long it is known that a reservation that came to nothing has ended.
constexpr std::chrono::hours ended_known_for{24};

constexpr const char* hold =
    "UPDATE product_forms SET held = held + $3 WHERE product_id = $1 AND variant_id = $2";
constexpr const char* free_held =
    "UPDATE product_forms SET held = CASE WHEN held > $3 THEN held - $3 ELSE 0 END "
    "WHERE product_id = $1 AND variant_id = $2";
// Somebody may have counted anew: it never becomes less than nothing, or less than what others
// hold.
constexpr const char* sell_held =
    "UPDATE product_forms SET "
    "counted = counted - CASE WHEN held > $3 THEN $3 ELSE held END, "
    "held = CASE WHEN held > $3 THEN held - $3 ELSE 0 END "
    "WHERE product_id = $1 AND variant_id = $2";
constexpr const char* sell_left =
    "UPDATE product_forms SET counted = counted - $3 WHERE product_id = $1 AND variant_id = $2";
constexpr const char* give_back_sold =
    "UPDATE product_forms SET counted = counted + $3 WHERE product_id = $1 AND variant_id = $2";

const char* statement_of(StockEffect effect) {
    switch (effect) {
        case StockEffect::take_held:
            return sell_held;
        case StockEffect::take_left:
            return sell_left;
        case StockEffect::free_held:
            return free_held;
        default:
            return give_back_sold;
    }
}

std::optional<Reservation> find(Transaction& transaction, ReservationId id) {
    const Rows rows =
        transaction.query("SELECT state, expires_at FROM reservations WHERE id = $1", {id});
    if (rows.empty()) {
        return std::nullopt;
    }
    const auto state = wire::find_enum<ReservationState>(rows.front().text(0));
    return Reservation{.reservation_id = id,
                       .state = state.value_or(ReservationState::released),
                       .expires_at = rows.front().time(1)};
}

std::vector<Wanted> lines_of(Transaction& transaction, ReservationId id) {
    std::vector<Wanted> lines;
    for (const Row row :
         transaction.query("SELECT product_id, variant_id, quantity FROM reservation_lines "
                           "WHERE reservation_id = $1 ORDER BY product_id, variant_id",
                           {id})) {
        lines.push_back({.product = row.id<ProductId>(0),
                         .variant = row.id<contracts::VariantId>(1),
                         .quantity = row.integer(2)});
    }
    return lines;
}

void move_all(Transaction& transaction, const char* statement, const std::vector<Wanted>& lines) {
    std::vector<Params> rows;
    for (const Wanted& line : lines) {
        rows.push_back({line.product, line.variant, line.quantity});
    }
    transaction.execute_each(statement, rows);
}

void check_all(Transaction& transaction, const std::vector<Wanted>& lines) {
    std::vector<Lack> lacks;
    Lacking lacking = Lacking::stock;
    for (const Wanted& line : lines) {
        const auto forms = forms_of(transaction, line.product);
        if (const auto lack = find_lack(line, forms)) {
            lacks.push_back(*lack);
            if (std::ranges::find(forms, line.variant, &FormStock::variant) == forms.end()) {
                lacking = Lacking::product;
            }
        }
    }
    if (!lacks.empty()) {
        throw lack_failure(lacking, lacks);
    }
}

std::vector<StockMove> moves_of(Transaction& transaction, const std::vector<Wanted>& lines,
                                std::int64_t change) {
    std::vector<StockMove> moves;
    for (const Wanted& line : lines) {
        if (moves.empty() || moves.back().id != line.product) {
            moves.push_back(note_move(transaction, line.product, change));
        }
    }
    return moves;
}

void set_state(Transaction& transaction, ReservationId id, ReservationState state, Time now) {
    transaction.execute("UPDATE reservations SET state = $2, ended_at = $3 WHERE id = $1",
                        {id, wire::enum_name(state), now});
}

// Gives back what was held for too long; the forms whose stock that moved.
std::vector<Wanted> end_some(Transaction& transaction, Time now) {
    std::vector<Wanted> ended;
    for (const Row row :
         transaction.query("SELECT id FROM reservations WHERE state = 'held' AND expires_at <= $1 "
                           "ORDER BY expires_at LIMIT $2",
                           {now, ended_at_once_max})) {
        const auto id = row.id<ReservationId>(0);
        const auto lines = lines_of(transaction, id);
        move_all(transaction, free_held, lines);
        set_state(transaction, id, ReservationState::expired, now);
        ended.insert(ended.end(), lines.begin(), lines.end());
    }
    std::ranges::sort(ended, {}, &Wanted::product);
    return ended;
}

void forget_some(Transaction& transaction, Time now) {
    for (const Row row : transaction.query(
             "SELECT id FROM reservations WHERE ended_at < $1 AND state IN ('expired', "
             "'released') ORDER BY ended_at LIMIT $2",
             {now - ended_known_for, ended_at_once_max})) {
        const auto id = row.id<ReservationId>(0);
        transaction.execute("DELETE FROM reservation_lines WHERE reservation_id = $1", {id});
        transaction.execute("DELETE FROM reservations WHERE id = $1", {id});
    }
}

StockStore::Outcome held(Transaction& transaction, const contracts::ReserveStock& wanted,
                         Time now) {
    const std::int64_t change = next_change(transaction);
    if (const auto known = find(transaction, wanted.reservation_id)) {
        effect_of(StockStep::reserve, known->state);
        return {*known, {}};
    }
    const auto ended = end_some(transaction, now);
    const auto lines = together(wanted.lines);
    check_all(transaction, lines);
    move_all(transaction, hold, lines);
    const Reservation made{.reservation_id = wanted.reservation_id,
                           .state = ReservationState::held,
                           .expires_at = now + wanted.seconds};
    transaction.execute(
        "INSERT INTO reservations (id, state, expires_at, ended_at) VALUES ($1, 'held', $2, NULL)",
        {made.reservation_id, made.expires_at});
    std::vector<Params> rows;
    for (const Wanted& line : lines) {
        rows.push_back({made.reservation_id, line.product, line.variant, line.quantity});
    }
    transaction.execute_each(
        "INSERT INTO reservation_lines (reservation_id, product_id, variant_id, quantity) "
        "VALUES ($1, $2, $3, $4)",
        rows);
    std::vector<Wanted> moved{lines};
    moved.insert(moved.end(), ended.begin(), ended.end());
    std::ranges::sort(moved, {}, &Wanted::product);
    return {made, moves_of(transaction, moved, change)};
}

// One step of a reservation that is there.
StockStore::Outcome stepped(Transaction& transaction, Reservation reservation, StockStep step,
                            Time now, std::int64_t change) {
    const StockEffect effect = effect_of(step, reservation.state);
    if (effect == StockEffect::nothing) {
        return {reservation, {}};
    }
    const auto lines = lines_of(transaction, reservation.reservation_id);
    if (effect == StockEffect::take_left) {
        check_all(transaction, lines);
    }
    move_all(transaction, statement_of(effect), lines);
    reservation.state = step == StockStep::take            ? ReservationState::taken
                        : effect == StockEffect::free_held ? ReservationState::released
                                                           : ReservationState::returned;
    set_state(transaction, reservation.reservation_id, reservation.state, now);
    return {reservation, moves_of(transaction, lines, change)};
}

}  // namespace

Task<StockStore::Outcome> SqlStock::reserve(contracts::ReserveStock wanted, Time now) {
    auto work = [wanted = std::move(wanted), now](Transaction& transaction) {
        return held(transaction, wanted, now);
    };
    co_return co_await database_.transact(std::move(work));
}

Task<StockStore::Outcome> SqlStock::take(ReservationId id, Time now) {
    auto work = [id, now](Transaction& transaction) {
        const std::int64_t change = next_change(transaction);
        const auto known = find(transaction, id);
        if (!known) {
            throw Failure{Kind::not_found, "stock.not_found", "Nothing was held under this id."};
        }
        return stepped(transaction, *known, StockStep::take, now, change);
    };
    co_return co_await database_.transact(std::move(work));
}

namespace {

// Of one that nobody made there is nothing to do.
auto step_if_there(ReservationId id, StockStep step, Time now) {
    return [id, step, now](Transaction& transaction) {
        const std::int64_t change = next_change(transaction);
        const auto known = find(transaction, id);
        return known ? stepped(transaction, *known, step, now, change).moves
                     : std::vector<StockMove>{};
    };
}

}  // namespace

Task<std::vector<StockMove>> SqlStock::release(ReservationId id, Time now) {
    auto work = step_if_there(id, StockStep::release, now);
    co_return co_await database_.transact(std::move(work));
}

Task<std::vector<StockMove>> SqlStock::give_back(ReservationId id, Time now) {
    auto work = step_if_there(id, StockStep::give_back, now);
    co_return co_await database_.transact(std::move(work));
}

Task<std::vector<StockMove>> SqlStock::end_overdue(Time now) {
    std::vector<store::Value> params{now, now - ended_known_for};
    const store::Rows due = co_await database_.query(
        "SELECT COUNT(*) FROM reservations WHERE (state = 'held' AND expires_at <= $1) OR "
        "(ended_at < $2 AND state IN ('expired', 'released'))",
        std::move(params));
    if (due.front().integer(0) == 0) {
        co_return std::vector<StockMove>{};
    }
    auto work = [now](Transaction& transaction) {
        const std::int64_t change = next_change(transaction);
        const auto ended = end_some(transaction, now);
        forget_some(transaction, now);
        return moves_of(transaction, ended, change);
    };
    co_return co_await database_.transact(std::move(work));
}

}  // namespace loquat::product
