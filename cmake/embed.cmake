# Turns the files of a folder into a .cpp that defines `page_files()` of gateway/debug/page.hpp. Run as a script:
#   cmake -D FOLDER=gateway/debug/page -D OUTPUT=page_files.cpp -P embed.cmake
set(fence "encke_page")
set(entries "")
file(GLOB names RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT names)
foreach(name IN LISTS names)
  file(READ ${FOLDER}/${name} text)
  string(FIND "${text}" ")${fence}\"" clash)
  string(LENGTH "${text}" length)
  if(NOT clash EQUAL -1 OR length GREATER 65000)
    message(FATAL_ERROR "${name} does not fit into a string literal")
  endif()
  file(SHA256 ${FOLDER}/${name} sum)
  string(SUBSTRING ${sum} 0 20 tag)
  string(APPEND entries "    page_file{\"${name}\", R\"(\"${tag}\")\", R\"${fence}(${text})${fence}\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from ${FOLDER} by cmake/embed.cmake.
#include \"gateway/debug/page.hpp\"

namespace encke::gateway {

std::span<const page_file> page_files() {
  static constexpr page_file files[] = {
${entries}  };
  return files;
}

}  // namespace encke::gateway
")
