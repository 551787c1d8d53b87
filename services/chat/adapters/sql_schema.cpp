#include <array>

#include "services/chat/adapters/sql_chats.hpp"

namespace loquat::chat {
namespace {

constexpr char chats_sql[] = {
#embed "../schema/0001_chats.sql"
};
constexpr char generations_sql[] = {
#embed "../schema/0002_generations.sql"
};
constexpr char keys_sql[] = {
#embed "../schema/0003_request_keys.sql"
};
constexpr char listed_at_sql[] = {
#embed "../schema/0004_listed_at.sql"
};
constexpr char title_seq_sql[] = {
#embed "../schema/0005_title_seq.sql"
};
constexpr char title_folding_sql[] = {
#embed "../schema/0006_title_folding.sql"
};
constexpr char generation_order_sql[] = {
#embed "../schema/0007_generation_order.sql"
};
constexpr char versions_sql[] = {
#embed "../schema/0008_versions.sql"
};
constexpr char answer_nodes_sql[] = {
#embed "../schema/0009_answer_nodes.sql"
};
constexpr char answer_lines_sql[] = {
#embed "../schema/0010_answer_lines.sql"
};
constexpr std::array schema{
    store::Migration{1, "chats", {chats_sql, sizeof chats_sql}},
    store::Migration{2, "generations", {generations_sql, sizeof generations_sql}},
    store::Migration{3, "request keys", {keys_sql, sizeof keys_sql}},
    store::Migration{4, "places by activity", {listed_at_sql, sizeof listed_at_sql}},
    store::Migration{5, "titles of questions", {title_seq_sql, sizeof title_seq_sql}},
    store::Migration{6, "title folding", {title_folding_sql, sizeof title_folding_sql}},
    store::Migration{7, "order of answers", {generation_order_sql, sizeof generation_order_sql}},
    store::Migration{8, "versions", {versions_sql, sizeof versions_sql}},
    store::Migration{9, "answer nodes", {answer_nodes_sql, sizeof answer_nodes_sql}},
    store::Migration{10, "answer lines", {answer_lines_sql, sizeof answer_lines_sql}},
};

}  // namespace

std::span<const store::Migration> chat_schema() { return schema; }

}  // namespace loquat::chat
