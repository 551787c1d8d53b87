#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "apps/loquat/local_platform.hpp"

namespace loquat::app {

struct ImportedRoom {
    ChatId chat;
    std::set<UserId> members;
};

// The caller of a command that acts for `user`.
contracts::Caller caller_for(const contracts::User& user);

// The rooms that an import writes to.  They are found by their title among those that the owner
// owns, however long ago an import made them, with whoever is in them in whatever role.
class ImportRooms {
  public:
    ImportRooms(LocalPlatform::Clients& clients, std::string title_prefix,
                contracts::Visibility visibility)
        : clients_(clients), title_prefix_(std::move(title_prefix)), visibility_(visibility) {}

    // Before anything else.
    Task<void> start(contracts::User owner);
    // Makes the room when it is not there yet, and `senders` members who are none yet.
    Task<void> open(const std::string& name, const std::vector<UserId>& senders);
    // Of a room that is open.
    ChatId chat_of(const std::string& name) const { return rooms_.at(name).chat; }
    std::size_t size() const { return rooms_.size(); }

  private:
    std::string title_of(const std::string& name) const;
    Task<ImportedRoom> find_or_make(const std::string& title);
    Task<ImportedRoom> load(ChatId chat);

    LocalPlatform::Clients& clients_;
    std::string title_prefix_;
    contracts::Visibility visibility_;
    contracts::User owner_;
    std::map<std::string, ChatId> owned_;  // by title
    std::map<std::string, ImportedRoom> rooms_;
};

}  // namespace loquat::app
