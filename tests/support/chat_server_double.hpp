#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http/server.hpp"

namespace loquat::test {

// What the command line sees of a server, for what the real one never does: streams that break off,
// odd characters. Everybody may sign in; there is one conversation and one answer in it.
class ChatServerDouble {
  public:
    // The streams that are given for the answer, one after the other, each as it is; the connection
    // ends after it.
    ChatServerDouble(aio::Loop& loop, std::vector<std::string> streams);
    ~ChatServerDouble();

    std::string url() const;
    // Last-Event-ID of each time the stream was asked for; empty: none.
    const std::vector<std::string>& resumed_after() const { return resumed_after_; }
    std::size_t cancels() const { return cancels_; }
    // The whole text of the answer, as it is told in the end.
    std::string text;
    // Called before the answer is promised; the client waits for that.
    std::function<void()> on_start;
    Task<void> close();

  private:
    class Answers;
    std::string answer_to(const net::http::RequestHead& head);

    std::unique_ptr<Answers> answers_;
    net::http::Server server_;
    std::uint16_t port_;
    std::vector<std::string> streams_;
    std::vector<std::string> resumed_after_;
    std::size_t cancels_ = 0;
};

}  // namespace loquat::test
