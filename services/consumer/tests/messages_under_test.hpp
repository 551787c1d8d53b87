#pragma once
#include <memory>

#include "services/consumer/adapters/memory_messages.hpp"
#include "services/consumer/adapters/sql_messages.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/position_support.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::consumer {

// A message store at the beginning of a log, for suites over all adapters.
struct MessagesUnderTest {
    explicit MessagesUnderTest(bool is_on_disk) {
        if (is_on_disk) {
            database =
                store::open_sqlite(store::in_file(folder / "messages.db", message_database()));
            store = make_sql_messages(*database);
        } else {
            store = make_memory_messages();
        }
        at = store::take_up(loop, *store, "chat.messages");
    }

    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    std::unique_ptr<store::Database> database;
    std::unique_ptr<MessageStore> store;
    RecordMaker make;
    store::Position at;
};

}  // namespace loquat::consumer
