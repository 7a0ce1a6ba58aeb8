"""Prints what networkx, sympy, nltk, gensim and astropy pickle, one JSON a line: name, and pickle in base64. Of packages that are not installed, none.

For Python 3.8 or later, at protocol 4; and at 2 what is called with keywords, for which that has no opcode.
"""

import base64
import json
import pickle
import sys
import warnings

import numpy

warnings.simplefilter("ignore")


def emit(name, make, protocol=4):
    """Prints what `make` makes, if the release has it, and can pickle it."""
    try:
        pickled = pickle.dumps(make(), protocol)
    except (AttributeError, ImportError, LookupError, TypeError, pickle.PicklingError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return
    print(json.dumps({"name": name, "pickle": base64.b64encode(pickled).decode("ascii")}, separators=(",", ":")))


def graphs():
    import networkx as nx

    def used(graph):
        """A graph of which all views were looked at."""
        list(graph.nodes), list(graph.edges), dict(graph.degree), list(graph.adj)
        if graph.is_directed():
            list(graph.succ), list(graph.pred), list(graph.out_edges), list(graph.in_edges)
            dict(graph.in_degree), dict(graph.out_degree)
        return graph

    for name in ("Graph", "DiGraph", "MultiGraph", "MultiDiGraph"):
        graph = getattr(nx, name)([("a", "b"), ("b", "c"), ("c", "a")], name="brine", day=1)
        graph.add_node(7, colour="green", size=0.5)
        graph.add_edge("a", 7, weight=2.5, tags=["x"])
        emit("networkx " + name, lambda graph=graph: getattr(nx, name)(graph))
        emit("networkx %s used" % name, lambda graph=graph: used(graph.copy()))
        emit("networkx %s subgraph" % name, lambda graph=graph: graph.subgraph(["a", "b"]))
        emit("networkx %s edge subgraph" % name, lambda graph=graph: graph.edge_subgraph(list(graph.edges)[:1]))
        emit("networkx %s copy of a subgraph" % name, lambda graph=graph: graph.subgraph(["a", "b"]).copy())
        emit("networkx %s views" % name, lambda graph=graph: [graph.nodes, graph.edges, graph.adj, graph.degree])
        emit("networkx %s with data" % name, lambda graph=graph: [graph.nodes(data=True), graph.edges(data=True), graph.edges(data="weight", default=1)])
        emit("networkx %s atlas" % name, lambda graph=graph: graph.adj["a"])
        emit("networkx %s empty" % name, lambda: getattr(nx, name)())
    emit("networkx frozen", lambda: nx.freeze(nx.path_graph(3)))
    emit("networkx grid", lambda: nx.grid_2d_graph(2, 3))
    emit("networkx reversed", lambda: nx.reverse_view(nx.DiGraph([(1, 2)])))
    emit("networkx directed view", lambda: nx.Graph([(1, 2)]).to_directed(as_view=True))
    emit("networkx directed views", lambda: [v for g in [nx.DiGraph([(1, 2)])] for v in (g.succ, g.pred, g.out_edges, g.in_edges, g.in_degree, g.out_degree)])
    emit("networkx planar", lambda: nx.check_planarity(nx.complete_graph(4))[1])
    emit("networkx karate", lambda: nx.karate_club_graph())
    emit("networkx errors", lambda: [nx.NetworkXError("x"), nx.NetworkXNoPath("y"), nx.NodeNotFound("z")])
    emit("networkx of arrays", lambda: nx.Graph([(numpy.int64(1), numpy.int64(2), {"w": numpy.float64(0.5)})]))


def symbols():
    import sympy
    from sympy.abc import x, y

    emit("sympy numbers", lambda: [sympy.Integer(n) for n in (0, 1, -1, 2, 10**30)] + [sympy.Rational(1, 2), sympy.Rational(3, 7), sympy.Float(2.5), sympy.Float("0.1", 30)])
    emit("sympy constants", lambda: [sympy.pi, sympy.E, sympy.I, sympy.oo, -sympy.oo, sympy.zoo, sympy.nan, sympy.EulerGamma, sympy.GoldenRatio, sympy.Catalan])
    emit("sympy truth", lambda: [sympy.true, sympy.false])
    emit("sympy Symbol", lambda: [x, sympy.Symbol("\u03b1"), sympy.Symbol("p", positive=True), sympy.Symbol("n", integer=True, nonnegative=True), sympy.Symbol("c", commutative=False)])
    emit("sympy Symbol at protocol 2", lambda: [sympy.Symbol("p", positive=True), x + sympy.Symbol("n", integer=True)], 2)
    emit("sympy Dummy", lambda: sympy.Dummy("d"))
    emit("sympy Wild", lambda: sympy.Wild("w"))
    emit("sympy polynomial", lambda: x**3 + 2 * x**2 - x * y / 3 + 1)
    emit("sympy monomials", lambda: [x**2, 2 * x, x * y, -x, 1 / x, sympy.sqrt(x), x + 1, x + y, x - y, x / 2, 2.5 * x])
    emit("sympy product", lambda: (x + 1) ** 2 * (y - 1))
    emit("sympy expression", lambda: sympy.exp(-(x**2)) * sympy.sin(2 * x + y) / (1 + x**2))
    emit("sympy functions", lambda: [f(x) for f in (sympy.sin, sympy.cos, sympy.tan, sympy.exp, sympy.log, sympy.Abs, sympy.sqrt, sympy.gamma)])
    emit("sympy Eq", lambda: sympy.Eq(x, 1))
    emit("sympy Eq of expressions", lambda: sympy.Eq(x**2, y + 1))
    emit("sympy relations", lambda: [x < y, x > 1, x <= y, x >= 2, sympy.Ne(x, y)])
    emit("sympy logic", lambda: sympy.And(x > 1, sympy.Or(y < 2, sympy.Symbol("b"))))
    emit("sympy Tuple", lambda: sympy.Tuple(x, 1, y))
    emit("sympy Matrix", lambda: sympy.Matrix([[1, 2], [3, 4]]))
    emit("sympy Matrix of symbols", lambda: sympy.Matrix([[x, y], [1, x + y]]))
    emit("sympy ImmutableMatrix", lambda: sympy.ImmutableMatrix([[1, x], [y, 2]]))
    emit("sympy SparseMatrix", lambda: sympy.SparseMatrix(2, 2, {(0, 0): 1}))
    emit("sympy sets", lambda: [sympy.Interval(0, 1), sympy.FiniteSet(1, 2, 3), sympy.S.EmptySet, sympy.S.Reals, sympy.S.Integers])
    emit("sympy Integral", lambda: sympy.Integral(sympy.sin(x), (x, 0, 1)))
    emit("sympy Derivative", lambda: sympy.Derivative(sympy.sin(x), x))
    emit("sympy Poly", lambda: sympy.Poly(x**2 + 1, x))


def arrays():
    emit("numpy ndindex", lambda: numpy.ndindex(2, 3))


def results():
    from scipy import stats

    emit("scipy results at protocol 2", lambda: [stats.linregress([1, 2, 3, 4], [2, 3, 5, 9]), stats.spearmanr([1, 2, 3, 4], [2, 3, 5, 9])], 2)


def texts():
    import nltk
    from nltk import probability
    from nltk.tokenize.punkt import PunktLanguageVars, PunktParameters, PunktSentenceTokenizer, PunktToken

    words = "the brine is salt and the dill is green and the jar is full".split()
    freq = nltk.FreqDist(words)
    emit("nltk FreqDist", lambda: nltk.FreqDist(words))
    emit("nltk ConditionalFreqDist", lambda: nltk.ConditionalFreqDist((len(word), word) for word in words))
    emit("nltk used FreqDist", lambda: [freq, freq.N(), freq.freq("the")][0])
    emit("nltk MLEProbDist", lambda: nltk.MLEProbDist(freq))
    emit("nltk LaplaceProbDist", lambda: nltk.LaplaceProbDist(freq))
    emit("nltk LidstoneProbDist", lambda: nltk.LidstoneProbDist(freq, 0.1))
    emit("nltk ELEProbDist", lambda: nltk.ELEProbDist(freq))
    emit("nltk WittenBell", lambda: nltk.WittenBellProbDist(freq, 20))
    emit("nltk UniformProbDist", lambda: nltk.UniformProbDist(words))
    emit("nltk DictionaryProbDist", lambda: nltk.DictionaryProbDist({"a": 0.5, "b": 0.5}))
    emit("nltk ConditionalProbDist", lambda: nltk.ConditionalProbDist(nltk.ConditionalFreqDist((len(word), word) for word in words), nltk.MLEProbDist))
    emit("nltk Tree", lambda: nltk.Tree("S", [nltk.Tree("NP", ["dill"]), nltk.Tree("VP", [nltk.Tree("V", ["is"]), "green"])]))
    emit("nltk ImmutableTree", lambda: nltk.ImmutableTree("S", ["a", "b"]))
    emit("nltk ParentedTree", lambda: nltk.ParentedTree("S", [nltk.ParentedTree("NP", ["dill"])]))
    emit("nltk ProbabilisticTree", lambda: nltk.ProbabilisticTree("S", ["a"], prob=0.5))
    emit("nltk Text", lambda: nltk.Text(words))
    emit("nltk stemmers", lambda: [nltk.PorterStemmer(), nltk.LancasterStemmer(), nltk.SnowballStemmer("english")])
    emit("nltk tokenizers", lambda: [nltk.WhitespaceTokenizer(), nltk.WordPunctTokenizer(), nltk.RegexpTokenizer(r"\w+"), nltk.TreebankWordTokenizer(), nltk.TweetTokenizer()])
    emit("nltk punkt", lambda: PunktSentenceTokenizer("The dill is green. Mr. Brine is not. It is 3 p.m. now."))
    emit("nltk punkt parts", lambda: [PunktParameters(), PunktLanguageVars(), PunktToken("Mr.")])
    tagged = [[("the", "DT"), ("dill", "NN"), ("is", "VB")], [("a", "DT"), ("jar", "NN")]]
    emit("nltk DefaultTagger", lambda: nltk.DefaultTagger("NN"))
    emit("nltk UnigramTagger", lambda: nltk.UnigramTagger(tagged, backoff=nltk.DefaultTagger("NN")))
    emit("nltk BigramTagger", lambda: nltk.BigramTagger(tagged, backoff=nltk.UnigramTagger(tagged)))
    emit("nltk RegexpTagger", lambda: nltk.RegexpTagger([(r".*ing$", "VBG"), (r".*", "NN")]))
    emit("nltk AffixTagger", lambda: nltk.AffixTagger(tagged))

    def perceptron():
        tagger = nltk.PerceptronTagger(load=False)
        tagger.train(tagged, nr_iter=2)
        return tagger

    emit("nltk PerceptronTagger", perceptron)
    emit("nltk perceptron", lambda: perceptron().model)
    features = [({"last": "a", "n": 1}, "f"), ({"last": "k", "n": 2}, "m"), ({"last": "e", "n": 1}, "f")]
    emit("nltk NaiveBayesClassifier", lambda: nltk.NaiveBayesClassifier.train(features))
    emit("nltk DecisionTreeClassifier", lambda: nltk.DecisionTreeClassifier.train(features))
    emit("nltk MaxentClassifier", lambda: nltk.MaxentClassifier.train(features, trace=0, max_iter=2))
    emit("nltk CFG", lambda: nltk.CFG.fromstring("S -> NP VP\nNP -> 'dill'\nVP -> 'is'"))
    emit("nltk language model", lambda: language_model())
    emit("nltk collocations", lambda: nltk.collocations.BigramCollocationFinder.from_words(words))


def language_model():
    from nltk.lm import MLE
    from nltk.lm.preprocessing import padded_everygram_pipeline

    train, vocabulary = padded_everygram_pipeline(2, [["a", "b"], ["b", "c"]])
    model = MLE(2)
    model.fit(train, vocabulary)
    return model


def topics():
    from gensim import corpora, models
    from gensim.models import phrases
    from gensim.similarities import MatrixSimilarity

    documents = [["dill", "brine", "jar"], ["dill", "salt"], ["brine", "salt", "salt"], ["jar", "dill"]]
    dictionary = corpora.Dictionary(documents)
    bags = [dictionary.doc2bow(document) for document in documents]
    emit("gensim Dictionary", lambda: corpora.Dictionary(documents))
    emit("gensim TfidfModel", lambda: models.TfidfModel(bags))
    emit("gensim TfidfModel dictionary", lambda: models.TfidfModel(dictionary=dictionary, smartirs="ntc"))
    emit("gensim LsiModel", lambda: models.LsiModel(bags, id2word=dictionary, num_topics=2))
    emit("gensim LdaModel", lambda: models.LdaModel(bags, id2word=dictionary, num_topics=2, random_state=1))
    emit("gensim HdpModel", lambda: models.HdpModel(bags, dictionary, random_state=1))
    emit("gensim LogEntropyModel", lambda: models.LogEntropyModel(bags))
    emit("gensim Word2Vec", lambda: models.Word2Vec(documents, vector_size=4, min_count=1, seed=1, workers=1))
    emit("gensim Word2Vec skipgram", lambda: models.Word2Vec(documents, vector_size=4, min_count=1, sg=1, hs=1, negative=0, seed=1, workers=1))
    emit("gensim KeyedVectors", lambda: models.Word2Vec(documents, vector_size=4, min_count=1, seed=1, workers=1).wv)
    tagged = [models.doc2vec.TaggedDocument(document, [number]) for number, document in enumerate(documents)]
    emit("gensim TaggedDocument", lambda: tagged)
    emit("gensim Doc2Vec", lambda: models.Doc2Vec(tagged, vector_size=4, min_count=1, seed=1, workers=1))
    emit("gensim FastText", lambda: models.FastText(documents, vector_size=4, min_count=1, bucket=10, seed=1, workers=1))
    emit("gensim Phrases", lambda: phrases.Phrases(documents, min_count=1, threshold=1))
    emit("gensim Phraser", lambda: phrases.Phrases(documents, min_count=1, threshold=1).freeze())
    emit("gensim MatrixSimilarity", lambda: MatrixSimilarity(bags, num_features=4))


def skies():
    import astropy.units as u
    from astropy import constants
    from astropy.coordinates import Angle, EarthLocation, Latitude, Longitude, SkyCoord
    from astropy.nddata import CCDData, NDData, StdDevUncertainty
    from astropy.table import Column, MaskedColumn, QTable, Row, Table
    from astropy.time import Time, TimeDelta

    emit("astropy units", lambda: [u.m, u.s, u.km, u.deg, u.one, u.Jy, u.mag, u.erg, u.pc, u.hour])
    emit("astropy composite units", lambda: [u.m / u.s, u.km**2, u.J / u.kg, u.Unit("km / (s Mpc)"), u.m**0.5])
    emit("astropy Quantity", lambda: 3.5 * u.km)
    emit("astropy Quantity array", lambda: numpy.arange(3.0) * u.m / u.s)
    emit("astropy magnitude", lambda: 3.0 * u.mag)
    emit("astropy Magnitude", lambda: u.Magnitude(3.0))
    emit("astropy Angle", lambda: [Angle(10.0, "deg"), Longitude(370.0, "deg"), Latitude(-5.0, "deg")])
    emit("astropy constant", lambda: [constants.c, constants.G])
    emit("astropy Column", lambda: Column([1, 2, 3], name="a", unit="m", description="text"))
    emit("astropy MaskedColumn", lambda: MaskedColumn([1, 2, 3], name="a", mask=[False, True, False]))
    emit("astropy Table", lambda: Table({"a": [1, 2], "b": ["x", "y"], "c": [0.5, 1.5]}, meta={"who": "dill"}))
    emit("astropy masked Table", lambda: Table({"a": [1, 2]}, masked=True))
    emit("astropy QTable", lambda: QTable({"a": [1.0, 2.0] * u.m}))
    emit("astropy Time", lambda: Time("2020-01-01T00:00:00"))
    emit("astropy Time array", lambda: Time([2450000.5, 2450001.5], format="jd", scale="tai"))
    emit("astropy TimeDelta", lambda: TimeDelta(1.5, format="jd"))
    emit("astropy SkyCoord", lambda: SkyCoord(10.0, 20.0, unit="deg"))
    emit("astropy SkyCoord galactic", lambda: SkyCoord([1.0, 2.0] * u.deg, [3.0, 4.0] * u.deg, frame="galactic"))
    emit("astropy SkyCoord distance", lambda: SkyCoord(10.0 * u.deg, 20.0 * u.deg, distance=5.0 * u.pc))
    emit("astropy EarthLocation", lambda: EarthLocation.from_geocentric(1.0, 2.0, 3.0, unit="m"))
    emit("astropy NDData", lambda: NDData([1.0, 2.0], unit="m", meta={"a": 1}))
    emit("astropy CCDData", lambda: CCDData([[1.0, 2.0]], unit="adu"))
    emit("astropy uncertainty", lambda: StdDevUncertainty([0.1, 0.2]))
    emit("astropy row", lambda: Table({"a": [1, 2]})[0])
    emit("astropy model", lambda: gaussian())


def gaussian():
    from astropy.modeling.models import Gaussian1D

    return Gaussian1D(1.0, 2.0, 3.0)


for parts in (graphs, symbols, arrays, results, texts, topics, skies):
    try:
        parts()
    except ImportError:
        pass
