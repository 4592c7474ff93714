"""One wheel for every Python 3 of the platform: nothing in it is compiled against Python, but it carries the library."""
from setuptools import Distribution, setup
from wheel.bdist_wheel import bdist_wheel


class LibraryDistribution(Distribution):
    """Not pure: there is a shared library inside."""

    def has_ext_modules(self):
        return True


class LibraryWheel(bdist_wheel):
    """Tagged for any Python 3 on this platform."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


setup(distclass=LibraryDistribution, cmdclass={"bdist_wheel": LibraryWheel})
