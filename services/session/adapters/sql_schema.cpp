#include <array>

#include "services/session/adapters/sql_sessions.hpp"

namespace loquat::session {
namespace {

constexpr char sessions[] = {
#embed "../schema/0001_sessions.sql"
};

}  // namespace

std::span<const store::Migration> sql_schema() {
    static const std::array steps{
        store::Migration{1, "sessions", {sessions, sizeof(sessions)}},
        store::Migration{2, "kept_answers", store::kept_answers_schema()}};
    return steps;
}

}  // namespace loquat::session
