/**
 * The 2,000 groups of three letters that are most frequent in words and names of programs: two letters, then all that
 * come third. Counted over the documentation and type declarations of npm packages.
 */
const COMMON =
  'aaa abaceilosuy accehikorty adadegijlmosvy afeft agaegimns ailmnrt ajov akeip alacefghiklmoprstuw amabeilops ' +
  'anacdegiknostuy aot apaehipst aqu arabcdegiklmnorsty ascdehikostuy atacefhilorstuw audglst avaeio awan axi ' +
  'aybels azy babcdglnrs bcd beacdefghilnrst biadglnot bje blaeiouy bne bodlorstuvx bpar braeio bsceiot bta ' +
  'bufgilnst bylt bzz cabclnprstu cceou cedeilmnoprs chaeimoru ciadefimnpst ckaefgisw claeiou cma codeglmnoprsuv ' +
  'craeioy css ctaeilosux cuilmrst cwd cxt cyc dabmnrstvy dca ddeilrs deabcdefgjlmnprstvx dfa dge diacefgmnorstuv ' +
  'dlei dme dns docemnrtuw dpao draeiov dsa dth dubcelpr dyn eacdfklmnprstuv ebapsuy ecaehiklmortu eddegilsu ' +
  'eedknprs efaefilorstu egaeimoruy eha eignrtv ejes elacdefilopsy emabeiopsv enacdegiostuv eofu epaelorst equ ' +
  'erabcefgilmnoprstvwy esbcehilmnopstuy etacefhirstuw euers evaei ewaelr exaceipt eyosw facilmsu feacrst ffefis ' +
  'ficeglnrstvx flaeiou folnoru fraeiou fse ftesw fulnr fyi gacinrt gedlmnrstx ggei ght gicfnostv gleo gme gnaeimo ' +
  'goiortv graeio gth guailmnr habdiklnprstv heacdeilmnrstxy hiceglnprst hmae hna hodilmnorstuw hreio htmst hubns ' +
  'iabglnst ibaeilru icaehikorstuy idadeilrstv iedlnrstvw ifaefity igaeghinu ikei iladeilstuy imaegimpsu ' +
  'inacdefghiklnopstuvy iomnru ipaehlpstv iqu iremost isacefhimopst itacehilnorstuy ium ivaei ixet izaei jav jec ' +
  'jha jit joirs jsdoxz jtd jus jwekst kag kco kedenrsty kfln kgr kielnpt kno kpdo kspu kup kwa labcgimnrstuyz lba ' +
  'lcou ldceiors leacdfglmnrstvwx lfi lgo liabcdefgkmnstvz ljh lke llabdeimosuy lma loabcgnoprstuw lpaeh lreu ' +
  'lseoty lteis luadegmrst lvei lwa lyi mabcdgijklnprstxy mbeio mcp meadjlmnorst micdglmnstxz mjs mlai mmaeio ' +
  'mocdijnrstuvz mpaeilortu msgt mulmst mve nabglmnprt ncaehilortuy ndaeiloprs necdeglmnrstvwx nfeilor ngeilstu ' +
  'nhae niceflmnopqstz nkceins nleioy nme nneio nodinprstuw npmux nrep nsacefhiloptuw ntaehilorsy nuaelmsx nvaeio ' +
  'nwr nyt oadtu obajlst ocaceikostu odaeiosuy oers offit ogeginor oidnz ojei okeisu oladeilosuv omabeilmps ' +
  'onacdefgilmnorstv oodklprst opaeipstuy oracdegiklmnprstwy osaehiost otaehiosy oubdglnprst ovei oweins oxiy oye ' +
  'ozi pabcdginqrstuwy pdae peacdelmnors pgr phaei picelnprs pkc plaeiouy pmj png poilnorst ppeilor preio pseh ' +
  'ptehiosuy publrst pyr qli quaeio rabcdfgilmnprstvwy rbio rcaehio rdeis reabcdefgjlmnpqrstuvw rfaclo rgeisuv ' +
  'riabcdefgmnopstvz rkefis rldiosy rmaeis rnaeios robcdfgjlmnoprstuvwxy rpcor rraeinouy rsaeiot rtaehisuy ' +
  'ruceilnpst rvaei rwair ryp sabfglmrtv sbu scaehioru sdfik seacdefglmnpqrstv sfiouy shaeiort sibcdfglmnostvxz ' +
  'skis slahioy smao sna socdflmnpru spaelory sql src ssaefilortuw stacdeijnorsuy suabcefilmpr svg swegio symns szi ' +
  'tabcdgiklmnprstx tchs tdeio teacdglmnprstx tfo thaeimnorsuy tiabcefglmnoprstv tjs tleisy tml tnae tocdgkmoprtu ' +
  'tprsu traeiouy tsceint ttaeilpry tuanprst twaego txt tylp uaglrt ubacjlnstuz ucaceht udei uednrsu uff ugghimu ' +
  'uidlnrtv uladefilt umbemnpu unabcdeiklnprstw uot updeglopst uracegilnprs usaehilt utaefhimopsu uui vailnrst ' +
  'vedlnrs viacdenorst vocik wailnrsty weabdeilrv whaeio widklnst wli wnel woru wraio wse www xacm xcel xecds ' +
  'xidfmst xml xor xpaeilor xtepru yam ybe ycl yead yien yleo ymbl ynact yofu ypeit yri yst yteh ywo zabt zedrs ' +
  'zilnp zli zodn zsf zzz';

let groups: ReadonlySet<string> | undefined;

function commonGroups(): ReadonlySet<string> {
  groups ??= new Set(
    COMMON.split(' ').flatMap((entry) => [...entry.slice(2)].map((third) => entry.slice(0, 2) + third)),
  );
  return groups;
}

/**
 * How much of a text is made of words, from 0 to 1: the share of its groups of three letters that are common, each run
 * of letters on its own, capitals inside a name apart. A text with hardly any letters is no word: 0.
 */
export function wordShare(text: string): number {
  let all = 0;
  let common = 0;
  for (const run of text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z]{3,}/g) ?? []) {
    for (let at = 0; at + 3 <= run.length; at += 1) {
      all += 1;
      if (commonGroups().has(run.slice(at, at + 3))) common += 1;
    }
  }
  return all === 0 ? 0 : common / all;
}

/** Bits of each character by Shannon, from how often each occurs in the text itself. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
}
