import { ConfigError } from '../errors.ts';
import { completionWord } from './create-parser.ts';
import type { Io } from './io.ts';
import type { Shell } from './setup-commands.ts';

/**
 * `backfill-entity` is `fieldmart backfill`, and stands beside it. Bash cuts `--entity=jobs` into three words, of which
 * the middle one is dropped.
 */
const bash = `# fieldmart: completion for bash
_fieldmart() {
  local program=$1 current=\${COMP_WORDS[COMP_CWORD]} word
  local -a words=(fieldmart)
  if [[ \${program##*/} == backfill-entity ]]; then
    program=\${program%backfill-entity}fieldmart
    words+=(backfill)
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    [[ $word == = ]] || words+=("$word")
  done
  if [[ $current == = ]]; then current=; words+=(""); fi
  COMPREPLY=($(compgen -W "$(SHELL=bash "$program" ${completionWord} "\${words[@]}" 2> /dev/null)" -- "$current"))
}
complete -o bashdefault -o default -F _fieldmart fieldmart backfill-entity
`;

const zsh = `#compdef fieldmart backfill-entity
# fieldmart: completion for zsh
_fieldmart() {
  local program=$words[1]
  local -a typed=(fieldmart) found
  if [[ \${program:t} == backfill-entity ]]; then
    program=\${program%backfill-entity}fieldmart
    typed+=(backfill)
  fi
  typed+=("\${(@)words[2,CURRENT]}")
  found=("\${(@f)$(SHELL=zsh \${~program} ${completionWord} "\${typed[@]}" 2> /dev/null)}")
  if [[ -n $found ]]; then _describe 'values' found; else _files; fi
}
if [[ $funcstack[1] == _fieldmart ]]; then _fieldmart "$@"; else compdef _fieldmart fieldmart backfill-entity; fi
`;

/** `fieldmart completion SHELL`: prints the script that has the shell ask us for words. */
export const printCompletion = (shell: Shell | undefined, io: Io): number => {
  if (shell === undefined) {
    throw new ConfigError(
      'Cannot print a completion script: no shell is named; say fieldmart completion bash, or zsh',
    );
  }
  io.out((shell === 'bash' ? bash : zsh).trimEnd());
  return 0;
};
