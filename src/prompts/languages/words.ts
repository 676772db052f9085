/**
 * Further words by their English word: German; Spanish; French; Italian; Portuguese. Words for the same are separated by commas. An empty
 * English word is left out.
 */

/** Adjectives in the masculine singular; German ones without ending. */
export const adjectives = `
red: rot; rojo; rouge, roux, rousse; rosso; vermelho
blue: blau; azul; bleu; blu, azzurro; azul
green: grün; verde; vert; verde; verde
yellow: gelb; amarillo; jaune; giallo; amarelo
orange: orange, orangefarben; naranja; orange; arancione; laranja
purple: lila, violett; morado, púrpura, violeta; violet, violette; viola; roxo
pink: rosa, pink; rosa, rosado; rose; rosa; rosa
brown: braun; marrón, café; marron, brun; marrone; marrom
black: schwarz; negro; noir; nero; preto, negro
white: weiß, weiss; blanco; blanc, blanche; bianco; branco
gray: grau; gris; gris; grigio; cinza, cinzento
golden: golden, aus gold; dorado, de oro; doré, d'or, en or; dorato, d'oro, d' oro; dourado, de ouro
silver: silbern; plateado, de plata; argenté, en argent; argentato, d'argento; prateado, de prata
dark: dunkel, dunkl; oscuro; foncé, sombre; scuro; escuro
light: hell; claro; clair; chiaro; claro
dark blue: dunkelblau;;;;
light blue: hellblau; celeste;;;
dark green: dunkelgrün;;;;
light green: hellgrün;;;;
dark red: dunkelrot;;;;
colourful: bunt; colorido, de colores; coloré; colorato; colorido
funny: lustig, witzig; gracioso, divertido; drôle, rigolo; buffo, divertente; engraçado
flying: fliegend; volador;; volante; voador
open: offen, geöffnet; abierto; ouvert; aperto; aberto
thin: dünn; delgado, flaco; mince, maigre; magro; magro
broken: kaputt; roto; cassé; rotto; quebrado
small: klein, winzig; pequeño, pequeñito; petit; piccolo; pequeno
large: groß, gross, riesig, riesengroß; grande, gran, enorme; grand, gros, grosse, énorme, géant; grande, grosso, enorme, gigante; grande, enorme
long: lang; largo; long, longue; lungo; longo, comprido
old: alt; viejo; vieux, vieille, vieil; vecchio; velho
young: jung; joven; jeune; giovane; jovem
new: neu; nuevo; nouveau, nouvelle; nuovo; novo
round: rund; redondo; rond; rotondo, tondo; redondo
fat: dick; gordo; dodu; grasso; gordo
happy: glücklich, fröhlich; feliz, alegre, contento; heureux, heureuse, content, joyeux, joyeuse; felice, contento, allegro; feliz, alegre, contente
sad: traurig; triste; triste; triste; triste
angry: wütend, böse; enojado, enfadado, furioso; fâché, furieux, furieuse, en colère; arrabbiato; zangado, bravo, furioso
sleepy: müde; cansado, somnoliento; fatigué; stanco, assonnato; cansado, sonolento
sleeping: schlafend; dormido; endormi; addormentato; adormecido
crying: weinend; llorón;;;
laughing: lachend;;;;
smiling: lächelnd; sonriente; souriant; sorridente; sorridente
dancing: tanzend; bailarín; dansant;;
cute: süß, niedlich; lindo, bonito, tierno; mignon, mignonne; carino; fofo, fofinho
beautiful: schön, hübsch; hermoso, bello; beau, belle, joli; bello, bella; bonito, belo, lindo
wooden: hölzern, aus holz; de madera; en bois; di legno; de madeira
metal: aus metall, metallen; de metal; en métal; di metallo; de metal
striped: gestreift; de rayas, a rayas; rayé; a righe; listrado
magic: magisch; mágico; magique; magico; mágico
baby: baby; bebé; bébé;; bebê
very: sehr, ganz; muy; très; molto; muito
`;

/** Verbs as participles, in the forms of the third person and in those of a participle. */
export const verbs = `
sleeping: schläft, schlafen; duerme, duermen, durmiendo; dort, dorment, dormant; dorme, dormono, dormendo, che dorme; dorme, dormem, dormindo, a dormir
reading: liest, lesen, lesend; lee, leen, leyendo; lit, lisent, lisant; legge, leggono, leggendo; lê, leem, lendo, a ler
eating: isst, essen, frisst, essend; come, comen, comiendo; mange, mangent, mangeant; mangia, mangiano, mangiando; come, comem, comendo, a comer
drinking: trinkt, trinken, trinkend; bebe, beben, bebiendo, toma, tomando; boit, boivent, buvant; beve, bevono, bevendo; bebe, bebem, bebendo, a beber
dancing: tanzt, tanzen; baila, bailan, bailando; danse, dansent; balla, ballano, ballando; dança, dançam, dançando, a dançar
running: rennt, rennen, läuft, laufen, rennend, laufend; corre, corren, corriendo; court, courent, courant; corre, corrono, correndo; corre, correm, correndo, a correr
jumping: springt, springen, hüpft, springend; salta, saltan, saltando; saute, sautent, sautant; salta, saltano, saltando; pula, pulam, pulando, salta, saltando
flying: fliegt, fliegen, fliegend; vuela, vuelan, volando; vole, volent, volant; vola, volano, volando; voa, voam, voando
swimming: schwimmt, schwimmen, schwimmend; nada, nadan, nadando; nage, nagent, nageant; nuota, nuotano, nuotando; nada, nadam, nadando
sitting: sitzt, sitzen, sitzend; está sentado, sentado, se sienta; assis, assise, est assis, est assise; seduto, è seduto, siede; sentado, está sentado
standing: steht, stehen, stehend; de pie, está de pie, parado; debout, est debout; in piedi, sta in piedi; em pé, de pé
lying: liegt, liegen, liegend; acostado, tumbado; couché, allongé; sdraiato; deitado
holding: hält, halten, haltend; sostiene, sostienen, sosteniendo, sujeta; tient, tiennent, tenant; tiene, tengono, tenendo, regge; segura, seguram, segurando
with: trägt, tragen, tragend, hat, haben; lleva, llevan, llevando, tiene, tienen, vestido con; porte, portent, portant, a; porta, portano, portando, indossa, ha; veste, usa, usando, vestindo, tem, usam
carrying: bringt; carga, cargando, trae; apporte;; carrega, carregam, carregando, leva, levando
riding: reitet, reiten, reitend, reitet auf, fährt, fahren, fährt auf; monta, montando, cabalga, montado en, montando a, monta a, monta en, montando en; chevauche, monte, à cheval sur, chevauchant; cavalca, cavalcando; monta, montando, andando de, anda de, cavalgando
riding a horse: reitet ein pferd, reitet auf einem pferd, zu pferd; a caballo, montando a caballo, monta a caballo; à cheval, fait du cheval; a cavallo; a cavalo, andando a cavalo
riding a bicycle: fährt fahrrad, radelt; en bicicleta, montando en bicicleta; à vélo, en vélo, fait du vélo; in bicicletta, in bici; de bicicleta, andando de bicicleta
playing: spielt, spielen, spielend; toca, tocan, tocando, juega, juegan, jugando; joue, jouent, jouant, joue de la, joue du, jouant de la, jouant du; suona, gioca, giocano, suonano, suonando, giocando; toca, tocando, brinca, brincando
playing with the:;; joue au, jouent au, jouant au;;
singing: singt, singen; canta, cantan, cantando; chante, chantent, chantant; canta, cantano, cantando; canta, cantam, cantando
crying: weint, weinen; llora, lloran, llorando; pleure, pleurent; piange, piangono, piangendo; chora, choram, chorando
laughing: lacht, lachen; ríe, se ríe, riendo; rit, rient; ride, ridono, ridendo; ri, rindo
fishing: angelt, angeln; pesca, pescando; pêche, pêchant; pesca, pescando; pesca, pescando
painting: malt, malen; pinta, pintando; peint, peignant; dipinge, dipingendo; pinta, pintando
cooking: kocht, kochen; cocina, cocinando; cuisine, cuisinant; cucina, cucinando; cozinha, cozinhando
chasing: jagt, jagen, verfolgt; persigue, persiguiendo; poursuit, chasse; insegue, inseguendo; persegue, perseguindo
hugging: umarmt, umarmen; abraza, abrazando; embrasse, serre dans ses bras; abbraccia, abbracciando; abraça, abraçando
kissing: küsst, küssen; besa, besando; ; bacia, baciando; beija, beijando
climbing: klettert, klettert auf, erklimmt; trepa, trepando, escala; grimpe, grimpe à, grimpe sur, grimpant; si arrampica su, arrampica, scala; escala, subindo em, sobe
pushing: schiebt; empuja, empujando; pousse; spinge, spingendo; empurra, empurrando
pulling: zieht; tira de, jala, jalando; tire; tira, tirando; puxa, puxando
driving: lenkt; conduce, conduciendo, maneja; conduit; guida, guidando; dirige, dirigindo
wearing: gekleidet in; vestido de; vêtu de, habillé en; vestito di; vestido de
looking at: schaut auf, betrachtet; mira, mirando; regarde, regardant; guarda, guardando; olha para, olhando para
`;

/** Prepositions. "in/on" is "on" before a thing with a surface. */
export const prepositions = `
with: mit; con; avec; con; com
in: in; dentro de, dentro del; dans, dedans; dentro, dentro a; dentro de
in the: im, ins; dentro del;; nel, nello, nella, nell'; dentro do, dentro da
in/on: ; en;; in; em
in/on the: ; en el, en la;;; no, na, nos, nas
in/on a: ;;;; num, numa
on: auf, oben auf; sobre, encima de, arriba de; sur, au-dessus de; su, sopra; sobre, em cima de
on the: aufs; sobre el, sobre la, encima del;; sul, sullo, sulla, sull', sui, sulle; em cima do, em cima da
at: an, bei; a; à; a; a
at the: am, beim; al; au, à la, à l'; al, allo, alla, all'; ao, à
under: unter, unterhalb; bajo, debajo de; sous, en dessous de; sotto, sotto a; sob, embaixo de, debaixo de
under the: unterm; debajo del;; sotto il, sotto la; embaixo da, embaixo do, debaixo da, debaixo do
above: über; por encima de; par-dessus; sopra a, al di sopra di; acima de
next to: neben; junto a, al lado de; à côté de, à côté d', près de, près d', à côté du; accanto a, vicino a; ao lado de, junto a, perto de
next to the: ; junto al, al lado del; à côté de la, à côté du; accanto al, accanto alla; ao lado do, ao lado da
in front of: vor; delante de, frente a; devant; davanti a, di fronte a; na frente de, em frente a, diante de
in front of the: vorm; delante del;; davanti al, davanti alla; na frente da, na frente do
behind: hinter; detrás de; derrière; dietro, dietro a; atrás de, detrás de
behind the: ; detrás del;;; atrás da, atrás do
between: zwischen; entre; entre; tra, fra; entre
without: ohne; sin; sans; senza; sem
for: für; para; pour; per; para
of: von, aus; de; de, d'; di, d', da; de
of the: vom; del; du, des; del, dello, della, dell'; do, da
in the rain: im regen; bajo la lluvia; sous la pluie; sotto la pioggia; na chuva, debaixo de chuva
on the ice: auf dem eis; sobre el hielo; sur la glace; sul ghiaccio; no gelo
in the sun: in der sonne; al sol, bajo el sol; au soleil; al sole; ao sol
at night: bei nacht, nachts, in der nacht; de noche, por la noche, en la noche; la nuit, de nuit, pendant la nuit; di notte, la notte; à noite, de noite
under the stars: unter den sternen, unterm sternenhimmel; bajo las estrellas; sous les étoiles; sotto le stelle; sob as estrelas
at the beach: am strand; en la playa; à la plage; in spiaggia, al mare; na praia
in the mountains: in den bergen; en las montañas; à la montagne, en montagne; in montagna; nas montanhas
`;

/** Articles, numbers and other small words. */
export const smallWords = `
a: ein, eine, einen, einem, einer, eines; un, una; un, une; un, uno, una, un'; um, uma
the: der, die, das, den, dem, des; el, la, los, las; le, la, les, l'; il, lo, la, i, gli, le, l'; o, a, os, as
some: einige; unos, unas; des, quelques, de la; dei, delle, alcuni; uns, umas
its: sein, seine, seinen, seinem, seiner, ihr, ihre, ihren, ihrem, ihrer; su, sus; son, sa, ses; suo, sua, il suo, la sua; seu, sua
and: und; y, e; et; e, ed; e
two: zwei; dos; deux; due; dois, duas
three: drei; tres; trois; tre; três
four: vier; cuatro; quatre; quattro; quatro
five: fünf; cinco; cinq; cinque; cinco
six: sechs; seis; six; sei; seis
seven: sieben; siete; sept; sette; sete
eight: acht; ocho; huit; otto; oito
nine: neun; nueve; neuf; nove; nove
ten: zehn; diez; dix; dieci; dez
many: viele; muchos, muchas; beaucoup de; molti, molte; muitos, muitas
that: ; que, quien; qui; che; que
is: ist, sind; es, está, están, son; est, sont; è, sono, sta, stanno; é, está, estão, são
: es gibt, da ist, bitte, gerade, zeichne, zeichne mir, male, male mir, ich möchte, bild von, ein bild von; hay, por favor, dibuja, dibújame, quiero, un dibujo de, una imagen de, una foto de, imagen de; il y a, s'il te plaît, s'il vous plaît, dessine, dessine-moi, je veux, un dessin de, une image de, un dessin d', une image d', en train de; c'è, ci sono, per favore, disegna, disegnami, voglio, un disegno di, un'immagine di; há, por favor, desenhe, desenha, quero, um desenho de, uma imagem de, uma foto de
`;

/** Things on which others are, where a language has one word for "in" and "on". */
export const surfaces = new Set(
  "moon branch sofa chair armchair table bed bench rug roof skateboard surfboard mushroom mountain island hill rock horse bicycle motorcycle cloud bridge broom shoulder head back nose tower star leaf".split(
    " ",
  ),
);

/** English words that show that a text is English. */
export const englishMarks = new Set(
  "the with and of is are wearing holding at on it to from his her their that which who under over near behind some my".split(
    " ",
  ),
);
/** Words of the tables that are English words too. */
export const englishWords = new Set(
  "a in an no son sur hat die com as do me on come sale six ape dos des tire rose orange long mange court pull lit a at son vent or tan bald hell rad ball park wolf tiger hamster bus pink lila rosa rot gross alt dick brave content rate pain robe brief baby clown robot piano zebra panda koala banana pizza cactus auto pond rock cobra ride cargo per il den dem fee stern ad table train bitte main lame monte porte danse chasse rat bonnet grasse taxi pan real grand violet o e y i u la el le die das gran mono gorra casa viola nave pipa vela rosa uno due gris sole mare son pain cave large note cane vino toga monte sei gnome chair lion dragon tour balle vole".split(
    " ",
  ),
);
