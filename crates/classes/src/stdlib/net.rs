//! Addresses of the internet protocols.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::args::{text, unsigned};
use crate::call::Call;
use crate::names::Class;

/// `ipaddress.IPv4Address`, `IPv6Address`. Its `Display` is `str()`, as Python 3.13 and later have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IpAddress<'g> {
    /// The address.
    pub ip: IpAddr,
    /// `eth0` of `fe80::1%eth0`.
    pub scope: Option<&'g str>,
}

/// `ipaddress.IPv4Network`, `IPv6Network`: all addresses that begin alike; or `IPv4Interface`, `IPv6Interface`: one
/// address in such a network. Its `Display` is `str()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IpNetwork<'g> {
    /// The first address of the network, or the one of the interface.
    pub address: IpAddress<'g>,
    /// The number of bits that all addresses of the network share.
    pub prefix: u8,
}

impl<'g> IpAddress<'g> {
    fn parse(text: &'g str, v6: bool) -> Option<Self> {
        if !v6 {
            return Some(Self { ip: text.parse::<Ipv4Addr>().ok()?.into(), scope: None });
        }
        let (address, scope) = match text.split_once('%') {
            Some((address, scope)) => (address, Some(scope)),
            None => (text, None),
        };
        Some(Self { ip: address.parse::<Ipv6Addr>().ok()?.into(), scope })
    }
}

/// `IPv4Address(number or text)`
pub(crate) fn address<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<IpAddress<'g>> {
    let [address] = call.bare()?.exactly()?;
    let v6 = call.class == Class::Ipv6Address;
    if let Some(text) = text(address) {
        return IpAddress::parse(text, v6);
    }
    let number = unsigned(address)?;
    let ip =
        if v6 { Ipv6Addr::from(number).into() } else { Ipv4Addr::from(u32::try_from(number).ok()?).into() };
    Some(IpAddress { ip, scope: None })
}

/// `IPv4Network(text)`, `IPv4Interface(text)`
pub(crate) fn network<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<IpNetwork<'g>> {
    let [network] = call.bare()?.exactly()?;
    let (address, prefix) = text(network)?.split_once('/')?;
    let v6 = matches!(call.class, Class::Ipv6Network | Class::Ipv6Interface);
    let network = IpNetwork { address: IpAddress::parse(address, v6)?, prefix: prefix.parse().ok()? };
    (network.prefix <= if v6 { 128 } else { 32 }).then_some(network)
}

impl fmt::Display for IpAddress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ip)?;
        self.scope.map_or(Ok(()), |scope| write!(f, "%{scope}"))
    }
}

impl fmt::Display for IpNetwork<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
