/**
 * Nouns by their English word: German; Spanish; French; Italian; Portuguese. Words for the same are separated by commas; plurals and
 * feminine forms follow from rules. They precede the names of emoji, of which many are longer: "apple" is a "red apple" there.
 */
export const nouns = `
fox: fuchs; zorro; renard; volpe; raposa
cat: katze, kater; gato; chat, chatte; gatto; gato
kitten: kätzchen; gatito; chaton; gattino; gatinho
dog: hund; perro; chien; cane; cachorro, cão
puppy: welpe; perrito, cachorro; chiot; cagnolino, cucciolo; cachorrinho, filhote
bear: bär; oso; ours; orso; urso
teddy bear: teddybär, teddy; oso de peluche; ours en peluche, nounours; orsacchiotto; urso de pelúcia, ursinho
rabbit: kaninchen, hase; conejo; lapin; coniglio; coelho
mouse: maus; ratón; souris; topo, topolino; rato, camundongo
bird: vogel; pájaro, ave; oiseau; uccello, uccellino; pássaro, ave
owl: eule; búho, lechuza; hibou, chouette; gufo, civetta; coruja
duck: ente; pato; canard; anatra, papera; pato
chicken: huhn, henne; gallina, pollo; poule; gallina; galinha
rooster: hahn; gallo; coq; gallo; galo
goose: gans; ganso, oca; oie; oca; ganso
swan: schwan; cisne; cygne; cigno; cisne
penguin: pinguin; pingüino; pingouin, manchot; pinguino; pinguim
parrot: papagei; loro, papagayo; perroquet; pappagallo; papagaio
eagle: adler; águila; aigle; aquila; águia
frog: frosch; rana; grenouille; rana; sapo, rã
fish: fisch; pez, pescado; poisson; pesce; peixe
whale: wal; ballena; baleine; balena; baleia
dolphin: delfin; delfín; dauphin; delfino; golfinho
shark: hai; tiburón; requin; squalo; tubarão
octopus: oktopus, krake, tintenfisch; pulpo; pieuvre, poulpe; polpo; polvo
turtle: schildkröte; tortuga; tortue; tartaruga; tartaruga
snail: schnecke; caracol; escargot; lumaca, chiocciola; caracol
snake: schlange; serpiente; serpent; serpente; cobra, serpente
crocodile: krokodil; cocodrilo; crocodile; coccodrillo; crocodilo
elephant: elefant; elefante; éléphant; elefante; elefante
lion: löwe; león; lion, lionne; leone; leão
tiger: tiger; tigre; tigre; tigre; tigre
giraffe: giraffe; jirafa; girafe; giraffa; girafa
zebra: zebra; cebra; zèbre; zebra; zebra
monkey: affe; mono; singe; scimmia; macaco
horse: pferd; caballo; cheval; cavallo; cavalo
cow: kuh; vaca; vache; mucca; vaca
pig: schwein; cerdo, cerdito; cochon; maiale, maialino; porco, porquinho
sheep: schaf; oveja; mouton; pecora; ovelha
goat: ziege; cabra; chèvre; capra; cabra
donkey: esel; burro; âne; asino; burro
wolf: wolf; lobo; loup; lupo; lobo
deer: hirsch, reh; ciervo; cerf, biche; cervo; veado, cervo
squirrel: eichhörnchen; ardilla; écureuil; scoiattolo; esquilo
hedgehog: igel; erizo; hérisson; riccio; ouriço
panda: panda, pandabär; panda; panda; panda; panda
koala: koala; koala; koala; koala; coala
hamster: hamster; hámster; hamster; criceto; hamster
bee: biene; abeja; abeille; ape; abelha
butterfly: schmetterling; mariposa; papillon; farfalla; borboleta
ladybug: marienkäfer; mariquita; coccinelle; coccinella; joaninha
spider: spinne; araña; araignée; ragno; aranha
dragon: drache; dragón; dragon; drago; dragão
unicorn: einhorn; unicornio; licorne; unicorno; unicórnio
dinosaur: dinosaurier; dinosaurio; dinosaure; dinosauro; dinossauro
man: mann; hombre; homme; uomo, uomini; homem
woman: frau; mujer; femme; donna; mulher
boy: junge; niño, chico; garçon; bambino, ragazzo; menino, garoto
girl: mädchen; niña, chica; fille, fillette; bambina, ragazza; menina, garota
baby: baby; bebé; bébé; bebè, neonato; bebê
child: kind;; enfant;; criança
children:; niños;; bambini;
king: könig; rey; roi; re; rei
queen: königin; reina; reine; regina; rainha
princess: prinzessin; princesa; princesse; principessa; princesa
prince: prinz; príncipe; prince; principe; príncipe
knight: ritter; caballero; chevalier; cavaliere; cavaleiro
witch: hexe; bruja; sorcière; strega; bruxa
wizard: zauberer; mago; sorcier, magicien; mago; mago, feiticeiro
pirate: pirat; pirata; pirate; pirata; pirata
astronaut: astronaut; astronauta; astronaute; astronauta; astronauta
clown: clown; payaso; clown; pagliaccio, clown; palhaço
robot: roboter; robot; robot; robot; robô
ghost: gespenst, geist; fantasma; fantôme; fantasma; fantasma
snowman: schneemann; muñeco de nieve; bonhomme de neige; pupazzo di neve; boneco de neve
fairy: fee; hada; fée; fata; fada
mermaid: meerjungfrau; sirena; sirène; sirena; sereia
gnome: zwerg, gartenzwerg; gnomo, duende; gnome, nain; gnomo, nano; gnomo, duende, anão
ballerina: ballerina; bailarina; ballerine; ballerina; bailarina
cook: koch, köchin; cocinero; cuisinier, cuisinière; cuoco; cozinheiro
farmer: bauer; granjero; fermier; contadino; fazendeiro
apple: apfel; manzana; pomme; mela; maçã
pear: birne; pera; poire; pera; pera
banana: banane; plátano, banana; banane; banana; banana
cherry: kirsche; cereza; cerise; ciliegia; cereja
strawberry: erdbeere; fresa; fraise; fragola; morango
lemon: zitrone; limón; citron; limone; limão
carrot: karotte, möhre; zanahoria; carotte; carota; cenoura
pumpkin: kürbis; calabaza; citrouille, potiron; zucca; abóbora
watermelon: wassermelone; sandía; pastèque; anguria; melancia
bread: brot; pan; pain; pane; pão
cheese: käse; queso; fromage; formaggio; queijo
egg: ei, eier; huevo; œuf, oeuf; uovo, uova; ovo
cake: kuchen, torte; pastel, tarta; gâteau; torta; bolo
ice cream: eis; helado; glace; gelato; sorvete
pizza: pizza; pizza; pizza; pizza; pizza
coffee: kaffee; café; café; caffè; café
tea: tee; té; thé; tè; chá
tree: baum; árbol; arbre; albero; árvore
flower: blume; flor; fleur; fiore; flor
rose: rose; rosa; rose; rosa; rosa
sunflower: sonnenblume; girasol; tournesol; girasole; girassol
leaf: blatt; hoja; feuille; foglia; folha
branch: ast, zweig; rama; branche; ramo; galho, ramo
mushroom: pilz; seta, hongo, champiñón; champignon; fungo; cogumelo
cactus: kaktus; cactus; cactus; cactus; cacto
moon: mond; luna; lune; luna; lua
sun: sonne; sol; soleil; sole; sol
star: stern; estrella; étoile; stella; estrela
cloud: wolke; nube; nuage; nuvola; nuvem
rainbow: regenbogen; arcoíris; arc-en-ciel; arcobaleno; arco-íris
rain: regen; lluvia; pluie; pioggia; chuva
snow: schnee; nieve; neige; neve; neve
night: nacht; noche; nuit; notte; noite
sunset: sonnenuntergang; puesta de sol, atardecer; coucher de soleil, coucher du soleil; tramonto; pôr do sol
space: weltraum, weltall; espacio; espace; spazio; espaço
sky: himmel; cielo; ciel; cielo; céu
sea: meer, ozean; mar, océano; mer, océan; mare, oceano; mar, oceano
lake: see; lago; lac; lago; lago
river: fluss; río; rivière, fleuve; fiume; rio
pond: teich; estanque; étang, mare; stagno; lagoa
beach: strand; playa; plage; spiaggia; praia
island: insel; isla; île; isola; ilha
mountain: berg; montaña; montagne; montagna; montanha
forest: wald; bosque; forêt; bosco, foresta; floresta, bosque
meadow: wiese; prado, pradera; pré, prairie; prato; campo, prado
field: feld; campo; champ; campo; campo
garden: garten; jardín; jardin; giardino; jardim
park: park; parque; parc; parco; parque
desert: wüste; desierto; désert; deserto; deserto
city: stadt; ciudad; ville; città; cidade
house: haus, häuschen; casa, casita; maison; casa, casetta; casa, casinha
castle: schloss, burg; castillo; château; castello; castelo
tower: turm; torre; tour; torre; torre
bridge: brücke; puente; pont; ponte; ponte
window: fenster; ventana; fenêtre; finestra; janela
door: tür; puerta; porte; porta; porta
roof: dach; tejado, techo; toit; tetto; telhado
table: tisch; mesa; table; tavolo; mesa
chair: stuhl; silla; chaise; sedia; cadeira
armchair: sessel; sillón; fauteuil; poltrona; poltrona
sofa: sofa, couch; sofá; canapé, sofa; divano; sofá
bed: bett; cama; lit; letto; cama
bench: bank, parkbank; banco, banca; banc; panchina; banco
rug: teppich; alfombra; tapis; tappeto; tapete
basket: korb, körbchen; cesta, canasta; panier; cestino, cesto; cesta, cesto
box: kiste, schachtel, karton; caja; boîte, carton; scatola; caixa
vase: vase; jarrón, florero; vase; vaso; vaso
cup: tasse; taza; tasse; tazza; xícara
glass: glas; vaso; verre; bicchiere; copo
bathtub: badewanne; bañera; baignoire; vasca da bagno; banheira
lamp: lampe; lámpara; lampe; lampada; lâmpada, luminária
candle: kerze; vela; bougie; candela; vela
book: buch; libro; livre; libro; livro
ball: ball; pelota, balón; ballon de foot, balle; palla; bola
balloon: luftballon, ballon; globo; ballon; palloncino; balão
kite: drachen; cometa, barrilete; cerf-volant; aquilone; pipa
guitar: gitarre; guitarra; guitare; chitarra; violão, guitarra
piano: klavier; piano; piano; pianoforte; piano
umbrella: regenschirm, schirm; paraguas, sombrilla; parapluie; ombrello; guarda-chuva
hat: hut; sombrero; chapeau; cappello; chapéu
cap: mütze, kappe; gorra, gorro; casquette, bonnet; berretto, cappellino; boné, gorro
crown: krone; corona; couronne; corona; coroa
scarf: schal; bufanda; écharpe, foulard; sciarpa; cachecol
glasses: brille; gafas, lentes; lunettes; occhiali; óculos
sunglasses: sonnenbrille; gafas de sol; lunettes de soleil; occhiali da sole; óculos de sol, óculos escuros
tie: krawatte; corbata; cravate; cravatta; gravata
dress: kleid; vestido; robe; vestito, abito; vestido
coat: mantel; abrigo; manteau; cappotto; casaco
shirt: hemd; camisa; chemise; camicia; camisa
sweater: pullover; suéter, jersey; pull, pull-over; maglione; suéter
boot: stiefel; bota; botte; stivale; bota
shoe: schuh; zapato; chaussure; scarpa; sapato
backpack: rucksack; mochila; sac à dos; zaino; mochila
sword: schwert; espada; épée; spada; espada
key: schlüssel; llave; clé, clef; chiave; chave
heart: herz; corazón; cœur, coeur; cuore; coração
car: auto, wagen; coche, carro, auto; voiture; macchina, auto; carro
bus: bus; autobús; bus, autobus; autobus; ônibus, autocarro
train: zug; tren; train; treno; trem, comboio
bicycle: fahrrad, rad; bicicleta, bici; vélo, bicyclette; bicicletta, bici; bicicleta
motorcycle: motorrad; moto, motocicleta; moto; moto, motocicletta; moto
boat: boot; barco, barca; bateau, barque; barca; barco
ship: schiff; buque; navire; nave; navio
airplane: flugzeug; avión; avion; aereo; avião
rocket: rakete; cohete; fusée; razzo; foguete
skateboard: skateboard; patineta, monopatín; skateboard, skate; skateboard; skate
surfboard: surfbrett; tabla de surf; planche de surf; tavola da surf; prancha de surf
hill: hügel; colina; colline; collina; colina
rock: felsen, stein; roca, piedra; rocher; roccia, sasso; rocha, pedra
beard: bart; barba; barbe; barba; barba
nose: nase; nariz; nez; naso; nariz
tail: schwanz; cola; queue; coda; cauda, rabo
wing: flügel; ala; aile; ala, ali; asa
broom: besen; escoba; balai; scopa; vassoura
axe: axt; hacha; hache; ascia; machado
flag: fahne, flagge; bandera; drapeau; bandiera; bandeira
gift: geschenk; regalo; cadeau; regalo; presente
drum: trommel; tambor; tambour; tamburo; tambor
trumpet: trompete; trompeta; trompette; tromba; trompete
violin: geige, violine; violín; violon; violino; violino
pencil: bleistift; lápiz; crayon; matita; lápis
newspaper: zeitung; periódico; journal; giornale; jornal
computer: computer; computadora, ordenador; ordinateur; computer; computador
telephone: telefon; teléfono; téléphone; telefono; telefone
pillow: kissen; almohada; oreiller; cuscino; travesseiro
blanket: decke; manta; couverture; coperta; cobertor
pot: topf; olla; marmite; pentola; panela
bucket: eimer; cubo, balde; seau; secchio; balde
barrel: fass; barril; tonneau; botte; barril
bottle: flasche; botella; bouteille; bottiglia; garrafa
plate: teller; plato; assiette; piatto; prato
nest: nest; nido; nid; nido; ninho
cage: käfig; jaula; cage; gabbia; gaiola
tent: zelt; tienda de campaña; tente; tenda; barraca, tenda
grass: gras; hierba, césped; herbe; erba; grama
street: straße; calle; rue; strada; rua
farm: bauernhof; granja; ferme; fattoria; fazenda
jungle: dschungel; selva, jungla; jungle; giungla; selva
firefighter: feuerwehrmann; bombero; pompier; pompiere, vigile del fuoco; bombeiro
police officer: polizist; policía; policier; poliziotto; policial
angel: engel; ángel; ange; angelo; anjo
monster: monster; monstruo; monstre; mostro; monstro
elf: elf; elfo; elfe, lutin; elfo; elfo
skeleton: skelett; esqueleto; squelette; scheletro; esqueleto
santa claus: weihnachtsmann; papá noel; père noël; babbo natale; papai noel
christmas tree: weihnachtsbaum; árbol de navidad; sapin de noël; albero di natale; árvore de natal
grandmother: oma, großmutter; abuela; grand-mère, mamie; nonna; avó, vovó
grandfather: opa, großvater; abuelo; grand-père; nonno; avô
`;
