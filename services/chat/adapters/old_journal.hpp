#pragma once
#include <filesystem>

#include "services/chat/generations/ports.hpp"
#include "store/sql/migrations.hpp"

namespace loquat::chat {

// The schema of the database that held the journal before there were append files.
std::span<const store::Migration> old_journal_schema();

// Brings the rows of that database into `journal` and removes it; nothing when there is none.
// Blocks while the file is opened.  Fails as open_sqlite and the journal; call it again then.
Task<void> take_over_journal(std::filesystem::path file, GenerationJournal& journal);

}  // namespace loquat::chat
