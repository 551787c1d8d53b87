#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::store {

// libpq's file of passwords: a line for each, host:port:database:user:password, `*` for any and a
// backslash before a colon or a backslash.  Libpq ignores it when others may read it.

// Of the first line for that user, whatever its server; none without such a line or without the
// file.
std::optional<std::string> find_password(const std::filesystem::path& file, std::string_view user);

// Adds a line for that user at any server.  Makes the file, for this user alone, and its folder.
// Fails as replace_file does.
void add_password(const std::filesystem::path& file, std::string_view user,
                  std::string_view password);

}  // namespace loquat::store
