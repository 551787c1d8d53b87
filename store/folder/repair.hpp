#pragma once
#include <filesystem>
#include <functional>
#include <string>

namespace loquat::store {

enum class LogRepair { if_missing, renew };

// Offers, one after the other, what makes a folder start again without giving anything out twice;
// each is done only when `confirm` agrees to its sentence.  What is set aside is renamed, never
// removed.  Gives how many were done.
//
// A log that is renewed has another identity; sequence numbers go on from the stored messages.
// Without a `messages.db` all numbers go on after the highest that was given; where that is not
// known nothing is offered.  Fails with `data.in_use` while another process holds the folder.
int repair_folder(const std::filesystem::path& path, LogRepair log,
                  const std::function<bool(const std::string& offer)>& confirm);

}  // namespace loquat::store
