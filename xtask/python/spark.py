"""`spark.plain`, `spark.record` and `spark.block` of the tests, in the directory that is named: what Spark's `saveAsPickleFile` writes, as it is,
with each value compressed by zlib, and with blocks of values compressed by gzip. Needs pyspark 4 and Java."""

import os
import shutil
import sys
import tempfile

from pyspark import SparkConf, SparkContext

if __name__ == "__main__":
    spark = SparkContext(conf=SparkConf().setMaster("local[1]").setAppName("fixtures").set("spark.ui.enabled", "false"))
    people = spark.parallelize([{"n": n, "name": "p%d" % n} for n in range(25)], 1)
    hadoop = spark._jsc.hadoopConfiguration()
    option = "mapreduce.output.fileoutputformat.compress"
    with tempfile.TemporaryDirectory() as directory:
        for kind, codec in (("plain", None), ("record", "DefaultCodec"), ("block", "GzipCodec")):
            if codec:
                hadoop.set(option, "true")
                hadoop.set(option + ".type", kind.upper())
                hadoop.set(option + ".codec", "org.apache.hadoop.io.compress." + codec)
            folder = os.path.join(directory, kind)
            people.saveAsPickleFile(folder, 10)
            shutil.copy(os.path.join(folder, "part-00000"), os.path.join(sys.argv[1], "spark." + kind))
