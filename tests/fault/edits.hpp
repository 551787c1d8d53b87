#pragma once
#include <map>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "testing/http_caller.hpp"
#include "tests/fault/doors.hpp"

namespace loquat::test {

// A message that is edited again and again: what may be read of it.  Texts are numbered from 0, as
// it was sent.
class EditedText {
  public:
    // It is asked for; a number again for a repeat.
    void on_asked(int number) { asked_ = std::max(asked_, number); }
    void on_acknowledged(int number) { acknowledged_ = std::max(acknowledged_, number); }
    // Nobody knows whether it was done, nor when it will be: it may come behind later ones.
    void on_unknown(int number) { unknown_ = std::min(unknown_, number); }

    // No earlier one may be read from now on.
    int first() const { return std::min(acknowledged_, unknown_); }
    int last() const { return asked_; }

  private:
    int asked_ = 0;
    int acknowledged_ = 0;
    int unknown_ = 1'000'000;
};

// People who send and edit, and one who reads what they have edited.  What was acknowledged is
// there in the end; that it was seen undone meanwhile is told.  One loop.
class EditLoad {
  public:
    EditLoad(aio::Loop& loop, Doors& doors, Manners manners)
        : loop_(loop), doors_(doors), manners_(manners) {}

    // Is told of what is seen undone, at once.
    void watch(Watcher watcher) { watcher_ = std::move(watcher); }

    // A person and a room; the server runs.
    Task<void> prepare();
    // Each until `finish`: sends a message and edits it a few times; what is not answered is sent
    // again.
    Task<void> edit(std::string name);
    // Reads the end of the room again and again, until cancelled.
    Task<void> look();
    void finish() { finishing_ = true; }

    std::size_t running() const { return running_; }
    // Edits that were acknowledged.
    std::size_t edited() const { return edited_; }
    // What is wrong, a line each; after the last of `edit` has ended, on a server that runs.
    Task<std::vector<std::string>> check();

  private:
    struct Reply {
        int status = 0;  // 0: none
        std::string id;
    };

    Task<Reply> call(std::string name, std::string method, std::string target, std::string text);
    Task<std::string> send(std::string name, std::string key);
    Task<void> change(std::string name, std::string id, std::string key, int number);
    // The messages behind a number, or the last ones.
    Task<wire::Array> read(std::string query);
    // The texts that are not as edited.
    std::vector<std::string> undone(const wire::Array& items,
                                    const std::map<std::string, int>& firsts);
    std::map<std::string, int> firsts() const;
    void find(std::string what);
    void tell(std::int64_t begun, const std::string& text);

    aio::Loop& loop_;
    Doors& doors_;
    Manners manners_;
    Watcher watcher_;
    std::string token_;
    std::string target_;                       // of the room's messages
    std::map<std::string, EditedText> texts_;  // by the message's id
    std::vector<std::string> findings_;
    std::size_t edited_ = 0;
    std::size_t running_ = 0;
    bool finishing_ = false;
};

}  // namespace loquat::test
