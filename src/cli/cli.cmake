# What the program knows of its build, and what the build makes from the option table: the man
# page and the shells' completions.
if(NOT EXISTS ${CMAKE_CURRENT_LIST_DIR}/main.c OR NOT TARGET cli)
  return()
endif()
target_compile_definitions(cli PRIVATE "COLLECT_VERSION=\"${PROJECT_VERSION}\""
                           "COLLECT_TEMPLATES=\"${CMAKE_INSTALL_FULL_DATADIR}/collect/templates\"")

# A program in a build tree finds the source's templates beside itself.
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/templates ${PROJECT_BINARY_DIR}/templates SYMBOLIC)

function(generated file folder)
  set(made ${PROJECT_BINARY_DIR}/share/${file})
  add_custom_command(OUTPUT ${made}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/share
    COMMAND collect_program generate ${ARGN} -o ${made}
    DEPENDS collect_program ${PROJECT_SOURCE_DIR}/src/cli/collect.1.in)
  set_property(GLOBAL APPEND PROPERTY collect_generated ${made})
  install(FILES ${made} DESTINATION ${folder})
endfunction()

generated(collect.1 ${CMAKE_INSTALL_MANDIR}/man1 man ${PROJECT_SOURCE_DIR}/src/cli/collect.1.in)
generated(collect.bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions bash)
generated(_collect ${CMAKE_INSTALL_DATADIR}/zsh/site-functions zsh)
generated(collect.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d fish)
get_property(generated_files GLOBAL PROPERTY collect_generated)
add_custom_target(generated_files ALL DEPENDS ${generated_files})
