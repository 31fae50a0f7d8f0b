# What shows the library to its users: programs, the code in documents, the reference.

# Stand-alone programs on the public API, one file each: examples/<name>/<name>.cpp.
function(encke_examples)
  file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/examples/*/*.cpp)
  if(NOT ENCKE_MESSAGEPACK)
    list(FILTER sources EXCLUDE REGEX "msgpack")
  endif()
  encke_programs(${sources})
endfunction()

# snippets: the C++ of README.md and docs/guide, compiled and never run. Sanitizers would find nothing more in it.
function(encke_snippets)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize|--coverage")
    return()
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/guide/*.md)
  list(APPEND pages ${PROJECT_SOURCE_DIR}/README.md)
  set(sources)
  foreach(number 1 2 3)  # most of the time of one goes into headers, so there are few
    list(APPEND sources ${PROJECT_BINARY_DIR}/snippets/snippets_${number}.cpp)
  endforeach()
  add_custom_command(OUTPUT ${sources}
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/snippets.py ${sources} -- ${pages}
    DEPENDS ${pages} ${PROJECT_SOURCE_DIR}/tools/snippets.py VERBATIM)
  add_library(snippets OBJECT ${sources})
  target_link_libraries(snippets PRIVATE encke_flags encke)
  # For GCC a page named by #line is a header, where a lambda has no linkage.
  target_compile_options(snippets PRIVATE -O0 -g0 $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
