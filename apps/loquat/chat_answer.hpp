#pragma once
#include <string>

#include "apps/loquat/chat_screen.hpp"
#include "apps/loquat/chat_server.hpp"
#include "contracts/generation/generation.hpp"

namespace loquat::app {

// How an answer ended for whoever watched it.
struct WatchedAnswer {
    contracts::Generation generation;
    bool has_left = false;  // a second Ctrl-C: nobody waits for it any more
};

// Where to begin: everything, or what follows a text that has been shown.
struct AnswerPlace {
    std::string id;
    std::int64_t last_event_id = 0;
    std::size_t shown_bytes = 0;  // of its text
};

// Prints an answer while it is written, coming back to it when the connection is lost; the first
// Ctrl-C cancels it, the second leaves.  Throws the failure when it can be reached no more for a
// minute.
Task<WatchedAnswer> watch_answer(ChatServer& server, Screen& screen, const Interrupts& interrupts,
                                 AnswerPlace place);

}  // namespace loquat::app
