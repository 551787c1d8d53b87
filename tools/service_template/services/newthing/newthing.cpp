#include "services/newthing/newthing.hpp"

#include "base/failure.hpp"

namespace loquat::newthing {

Task<contracts::NewthingEntry> Newthing::add_entry(contracts::Caller caller,
                                                   contracts::AddNewthingEntryRequest request) {
    const UserId owner = caller.user_id();
    const auto mine = co_await entries_.list(owner);
    if (mine.size() >= config_.entries_per_user_max) {
        throw Failure{Kind::conflict, "newthing.full", "There is no room for another entry."};
    }
    contracts::NewthingEntry entry{contracts::NewthingEntryId::make(), std::move(request.text),
                                   clock_.now()};
    co_await entries_.add(owner, entry);
    co_return entry;
}

Task<contracts::Page<contracts::NewthingEntry>> Newthing::list_entries(contracts::Caller caller,
                                                                       contracts::Empty) {
    contracts::Page<contracts::NewthingEntry> page;
    page.items = co_await entries_.list(caller.user_id());
    co_return page;
}

}  // namespace loquat::newthing
