#pragma once
#include "services/chat/chat.hpp"
#include "services/chat/tests/world.hpp"
#include "testing/database_place.hpp"

namespace loquat::chat {

// What both instances stand on: made before the first of them.
struct SharedPlace {
    explicit SharedPlace(test::Keeping keeping);

    // One more with connections of its own; in memory always the same.
    std::unique_ptr<ChatStore> open();

    test::DatabasePlace place;
    std::vector<std::unique_ptr<store::Database>> databases;
};

// Two instances of the service on the same conversations, each with its own connections, beside a
// consumer; or one that is asked as if it were two.
class TwoInstances : private SharedPlace, public World {
  public:
    TwoInstances(Instances instances, test::Keeping keeping, ChatConfig config = {});
    ~TwoInstances();

    // Runs `body` with both started; stops them after.
    void run_both(Task<void> body);
    contracts::ChatApi& at(std::size_t number);
    // Lets what was told arrive.
    Task<void> settle();
    // As the database has it.
    Task<std::optional<LoadedChat>> stored(ChatId chat);

    runtime::StandingRights other_rights{clock};

  private:
    struct Other;
    Task<void> live_with_other(Task<void> body);

    std::unique_ptr<Other> other_;
};

}  // namespace loquat::chat
