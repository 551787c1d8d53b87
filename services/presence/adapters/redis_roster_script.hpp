#pragma once
#include <string>

// The roster's rules as Redis runs them: services/presence/domain/roster.hpp in Lua.
namespace loquat::presence {

// What is kept, all of it below `presence.`:
//   nodes            sorted set: node, until when its lease is (milliseconds)
//   node.NODE        hash: person, "CONNECTIONS AWAY WATCHING" as that node said last
//   seats.PERSON     hash: node, the same
//   people           hash: person, "STATE TOLD SEEN"; SEEN in milliseconds, 0: never
//   leaving          sorted set: person without a connection, when the grace ends
//   offline          sorted set: person, when they left; the oldest are forgotten
//   changed          set: people whose state may differ from what was told
//   watchers         set: people who listen
//   watching         set: people who may listen from now on, or no longer
//   teller           who takes turns
std::string report_script();
std::string turn_script();

}  // namespace loquat::presence
