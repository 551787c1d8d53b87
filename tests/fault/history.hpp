#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace loquat::test {

// What happened to a chat, as its clients saw it.  One clock for all events, in nanoseconds;
// `invoke` is recorded before bytes leave, `ok` after the answer was read.
enum class What {
    invoke,   // `who` sends `text` under `key`; again under the same key for a retry
    ok,       // it was acknowledged; `seq` when the answer had one, else 0
    fail,     // it was refused for good
    info,     // nobody knows: no answer, or the connection ended
    join,     // session `who` follows `room` from after `seq` on
    receive,  // session `who` was given `key` and `text` as `seq`
    resync,   // session `who` was told that it misses `seq` to `seq_to`
    leave,    // the session ended
};

struct Event {
    std::int64_t at = 0;
    What what = What::invoke;
    std::string who;
    std::string room;
    std::string key;  // unique for each message in the whole history
    std::string text;
    std::int64_t seq = 0;
    std::int64_t seq_to = 0;
};

// A room read to its end by a client that had no part in it, after all has come to rest.
struct FinalMessage {
    std::int64_t seq = 0;
    std::string key;
    std::string text;
};

struct History {
    std::vector<Event> events;  // in the order of `at`
    std::map<std::string, std::vector<FinalMessage>> rooms;
};

enum class Fault {
    lost,        // acknowledged, but not there in the end
    doubled,     // one key, two sequence numbers
    phantom,     // there, but never sent or refused
    altered,     // another text than was sent, at the end or on the way
    misplaced,   // in another room than it was sent to
    hole,        // a room's numbers are not 1, 2, 3 ...
    disordered,  // acknowledged before another was sent, but numbered after it
    renumbered,  // somebody was told another number or message for a number
    skipped,     // a session was given a later number than the next, unannounced
    repeated,    // a session was given a number again
    unseen,      // a session that lives to the end has not got all
    malformed,   // the history itself makes no sense: the harness is wrong
    vacuous,     // too few acknowledgements to prove anything
};

const char* name_of(Fault fault);

struct Finding {
    Fault fault = Fault::malformed;
    std::string what;
};

// Pure; n log n.  Gives every violation, in no particular order.
std::vector<Finding> check(const History& history, std::size_t acknowledged_min);

}  // namespace loquat::test
