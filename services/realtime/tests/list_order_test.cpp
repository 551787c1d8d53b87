#include <gtest/gtest.h>

#include "services/realtime/people/places.hpp"
#include "services/realtime/tests/explored.hpp"
#include "testing/fake_broadcast.hpp"
#include "wire/json.hpp"

// Every order of what can happen to a list of conversations that is open somewhere, up to a length:
// once it is in force nothing is missed, what was deleted is not shown, and of a conversation that
// was left nothing is told.

namespace loquat::realtime::testing {
namespace {

enum class Letter {
    open,     // the list is asked for
    answer,   // chat answers, as it was when it was asked
    post,     // a message
    edit,     // of the last one
    erase,    // the last one is deleted
    told,     // time goes by: what changed is told
    lost,     // the broadcast says that it lost something of the conversation
    removed,  // the person is no member any more
    added,    // and is one again
    away,     // the last device goes
};

// Chat, as far as lists ask it.  Its answers come when the test says so.
class HeldChat final : public ChatPort {
  public:
    Task<contracts::Subscribable> check_subscription(Identity, ChatId) override {
        co_return contracts::Subscribable{};
    }
    Task<contracts::AcceptedMessages> accept_messages(Identity,
                                                      std::vector<contracts::PostMessageRequest>,
                                                      contracts::AcceptMode) override {
        co_return contracts::AcceptedMessages{};
    }
    Task<void> post_typing(Identity, ChatId) override { co_return; }
    Task<void> put_read(Identity, ChatId, std::int64_t) override { co_return; }
    Task<contracts::MessagePage> list_after(Identity, ChatId, std::int64_t, std::int32_t) override {
        co_return contracts::MessagePage{};
    }
    Task<contracts::ChatPlaces> list_places(Identity) override {
        const contracts::ChatPlaces answer = now();
        const auto released = asked.emplace_back(std::make_shared<aio::Signal>());
        co_await released->wait();
        co_return answer;
    }

    std::function<contracts::ChatPlaces()> now;
    std::deque<std::shared_ptr<aio::Signal>> asked;
};

class NoTokens final : public TokenPort {
  public:
    Task<Identity> verify(std::string) override { co_return Identity{}; }
};

class NoPresence final : public PresencePort {
  public:
    void on_changed(const contracts::PresenceReportEntry&) override {}
};

class Device final : public Listener {
  public:
    void give_feed(Feed, SharedEvents& events) override {
        seen.take(events.batch_for(*address)->bytes);
    }
    bool listens_to(Feed feed) const override { return feed == Feed::chats; }
    bool is_away() const override { return false; }
    void end_room_subscriptions(const Room&) override {}

    Seen seen;
    std::shared_ptr<const Address> address;
};

class Listing {
  public:
    Listing() {
        chat_.now = [this] { return answer_now(); };
        device_.address =
            addresses_.hold(Address{"q", "/user/queue/chats", AckMode::automatic, {}, 0});
        people_.join(who_.user, device_);
        post();
    }
    ~Listing() {
        loop_.post([this] {
            places_.forget(who_.user);
            while (!chat_.asked.empty()) {
                answer();
            }
        });
        loop_.poll();
        loop_.spawn(edge_.tasks.close());
        loop_.poll();
    }

    std::string play(const std::vector<Letter>& letters) {
        for (const Letter letter : letters) {
            play(letter);
        }
        for (int i = 0; i < 5 && !chat_.asked.empty(); ++i) {
            play(Letter::answer);
        }
        play(Letter::told);
        if (wrong_.empty() && is_in_force_ && is_member_ && shows_old_) {
            return "the list shows what is not so any more";
        }
        return wrong_;
    }

  private:
    struct Text {
        std::string text;
        bool is_deleted = false;
    };

    void play(Letter letter) {
        loop_.post([this, letter] { act(letter); });
        loop_.poll();
        look();
    }
    void act(Letter letter) {
        switch (letter) {
            case Letter::open:
                open();
                break;
            case Letter::answer:
                answer();
                break;
            case Letter::post:
                post();
                break;
            case Letter::edit:
                change(contracts::OutcomeKind::edited);
                break;
            case Letter::erase:
                change(contracts::OutcomeKind::deleted);
                break;
            case Letter::told:
                places_.tell_all();
                break;
            case Letter::lost:
                air_.announce_loss(contracts::topics::chat_room.name(room_));
                break;
            case Letter::removed:
                is_member_ = false;
                places_.remove(who_.user, room_);
                break;
            case Letter::added:
                add();
                break;
            case Letter::away:
                people_.leave(who_.user, device_);
                places_.forget(who_.user);
                people_.join(who_.user, device_);
                is_open_ = is_in_force_ = false;
                break;
        }
    }

    void open() {
        if (std::exchange(is_open_, true)) {
            return;
        }
        auto follow = [](Listing& self, int opening) -> Task<void> {
            try {
                co_await self.places_.follow(self.who_);
                if (opening == self.openings_ && self.is_open_) {
                    self.is_in_force_ = true;  // its RECEIPT: the client reads the list now
                    self.shows_old_ = false;
                }
            } catch (const Failure&) {
                self.is_open_ = self.is_open_ && opening != self.openings_;
            }
        };
        loop_.spawn(follow(*this, ++openings_));
    }

    void answer() {
        if (!chat_.asked.empty()) {
            chat_.asked.front()->set();
            chat_.asked.pop_front();
        }
    }

    void add() {
        if (std::exchange(is_member_, true) || !is_open_) {
            return;
        }
        contracts::ListedPlace listed{.chat = room_};
        listed.last_seq = head();
        listed.count = {unread(head()), 0};
        shows_old_ = false;  // the event of the person's own queue says how it is
        places_.on_list_event(who_.user, listed);
    }

    void post() {
        texts_.push_back({"text-" + std::to_string(head() + 1) + "-"});
        tell(contracts::OutcomeKind::stored);
    }
    void change(contracts::OutcomeKind kind) {
        Text& last = texts_.back();
        if (last.is_deleted) {
            return;
        }
        gone_.insert(last.text);
        is_count_sure_ = is_count_sure_ && chat_.asked.empty();
        last.is_deleted = kind == contracts::OutcomeKind::deleted;
        last.text = last.is_deleted ? "" : last.text + "edited-";
        tell(kind);
    }
    void tell(contracts::OutcomeKind kind) {
        contracts::Message message;
        message.chat_id = room_;
        message.seq = head();
        message.text = texts_.back().text;
        shows_old_ = true;
        air_.publish(contracts::topics::chat_room.name(room_),
                     contracts::encode(contracts::message_told(kind, message)));
    }

    void look() {
        for (; read_ < device_.seen.events.size(); ++read_) {
            take(device_.seen.events[read_].body);
        }
    }
    void take(const std::string& text) {
        const wire::Value body = wire::parse(text);
        if (*body.find("type")->if_string() == "resync") {
            shows_old_ = false;
            return;
        }
        note(!is_member_, "told of a conversation that was left: ", text);
        note(!is_open_, "told to who went away: ", text);
        const std::int64_t last = number(body, "last_seq");
        note(is_count_sure_ && number(body, "unread") != unread(last), "a wrong count: ", text);
        for (const std::string& gone : gone_) {
            note(text.contains("\"" + gone + "\""), "what is there no more is shown: ", text);
        }
        shows_old_ = shows_old_ && last != head();
    }
    void note(bool is_wrong, const char* what, const std::string& text) {
        if (is_wrong && wrong_.empty()) {
            wrong_ = what + text;
        }
    }

    static std::int64_t number(const wire::Value& body, std::string_view name) {
        return std::get<std::int64_t>(body.find(name)->any());
    }
    std::int64_t head() const { return static_cast<std::int64_t>(texts_.size()); }
    std::int64_t unread(std::int64_t through) const {
        return std::ranges::count_if(texts_.begin(), texts_.begin() + through,
                                     [](const Text& one) { return !one.is_deleted; });
    }
    contracts::ChatPlaces answer_now() const {
        contracts::ChatPlaces answer;
        if (is_member_) {
            answer.items.push_back({room_, head(), 0, {}, {}});
            for (std::int64_t seq = 1; seq <= head(); ++seq) {
                if (texts_[static_cast<std::size_t>(seq - 1)].is_deleted) {
                    answer.items.back().deleted_seqs.push_back(seq);
                }
            }
        }
        return answer;
    }

    aio::Loop loop_{"test"};
    FakeClock clock_;
    runtime::StandingRights rights_{clock_};
    test::FakeBroadcast air_{test::FakeBroadcast::Delivery::at_once};
    HeldChat chat_;
    NoTokens tokens_;
    NoPresence presence_;
    Edge edge_{loop_, {}, {tokens_, chat_, presence_, air_, rights_, clock_}};
    FrameMaker maker_{1'024};
    Addresses addresses_;
    People people_{maker_, presence_};
    Places places_{edge_, people_};
    Device device_;
    Identity who_{.user = UserId::make(), .session = SessionId::make()};
    ChatId room_ = ChatId::make();
    std::vector<Text> texts_;
    std::set<std::string> gone_;  // texts that are shown no more
    bool is_member_ = true;
    bool is_open_ = false;
    bool is_in_force_ = false;
    bool shows_old_ = false;  // the list that the client has read
    // A deletion while the list is being read may be missed: until the next reading the count is
    // one too high.
    bool is_count_sure_ = true;
    int openings_ = 0;
    std::size_t read_ = 0;
    std::string wrong_;
};

void explore_lists(const std::vector<Letter>& begin, const std::vector<Letter>& alphabet,
                   std::size_t length) {
    explore(alphabet.size(), length, [&](const std::vector<std::size_t>& word) {
        std::vector<Letter> letters = begin;
        for (const std::size_t letter : word) {
            letters.push_back(alphabet[letter]);
        }
        return Listing{}.play(letters);
    });
}

using enum Letter;

TEST(EveryOrder, of_opening_a_list_misses_nothing_once_it_is_in_force) {
    explore_lists({}, {open, answer, post, erase, told, away}, 4);
}

TEST(EveryOrder, of_changes_shows_what_is_there_in_lists) {
    explore_lists({open, answer}, {post, edit, erase, told, lost, answer}, 4);
}

TEST(EveryOrder, of_removals_and_late_answers_tells_nothing_of_what_was_left) {
    explore_lists({open}, {answer, post, told, lost, removed, added}, 4);
}

}  // namespace
}  // namespace loquat::realtime::testing
