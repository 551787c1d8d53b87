#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "store/log/event_log.hpp"

namespace loquat::store {

enum class TroubleKind {
    lasting,  // nothing more is accepted
    passing,  // somebody is away: what is accepted is carried on later
};

// What is known to be broken behind the log, topic by topic: one fact for health, for answers and
// for receipts.  Who carries a topic on says it here; who accepts asks here.  Any thread.
class TopicTroubles {
  public:
    void set(const Partition& partition, std::string what, TroubleKind kind = TroubleKind::lasting);
    void clear(const Partition& partition);
    // For as long as the process lives: a store that is damaged does not mend itself.
    void stop(std::string_view topic, std::string what);
    std::optional<std::string> find(std::string_view topic) const;
    // `store.stopped` (503) when what is appended to the topic would not be carried on.
    void check(std::string_view topic) const;

  private:
    struct Trouble {
        std::string what;
        TroubleKind kind = TroubleKind::lasting;
    };
    // One of that kind or worse, the worst first.
    std::optional<std::string> find_from(std::string_view topic, TroubleKind least) const;

    mutable std::mutex mutex_;
    std::map<std::string, std::map<std::uint32_t, Trouble>, std::less<>> troubles_;
    std::map<std::string, std::string, std::less<>> stopped_;
};

// `log`, to which nothing is appended that would not be carried on.  Both outlive it.
std::unique_ptr<EventLog> make_gated_log(EventLog& log, const TopicTroubles& troubles);

}  // namespace loquat::store
