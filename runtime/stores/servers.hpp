#pragma once
#include <string_view>

#include "runtime/store_config.hpp"

namespace loquat::runtime {

// A kind of adapter that has a server, and so wants a URL.
struct ServerKind {
    std::string_view kind;
    std::string_view url_form;
    bool (*is_url)(std::string_view url);
};

// Null for a kind that has none.
const ServerKind* find_server(std::string_view kind);
// Whether log, broadcast and databases are all at servers: what uses them may run in several
// processes.
bool may_be_apart(const StoreConfig& stores);
// Whether data lives there: what a data folder must be told apart by.
bool keeps_data(std::string_view need);

}  // namespace loquat::runtime
