#!/usr/bin/perl
# difftv.pl [--file FICHIER] [--speed N] [--payload OCTETS] ADRESSE PORT
use strict;
use warnings;
use Getopt::Long;
use IO::Socket::INET;
use IO::Select;
use Time::HiRes qw(time sleep);

sub erreur {
    print STDERR "difftv.pl: @_\n";
    exit 1;
}

my ($fichier, $vitesse, $morceau) = (undef, 1, 7975);
GetOptions('file=s' => \$fichier, 'speed=f' => \$vitesse, 'payload=i' => \$morceau)
    or erreur('usage: difftv.pl [--file FICHIER] [--speed N] [--payload OCTETS] ADRESSE PORT');
my ($adresse, $port) = grep { length } @ARGV;
defined $port or erreur('usage: difftv.pl [--file FICHIER] [--speed N] [--payload OCTETS] ADRESSE PORT');
$port =~ /^[0-9]{1,5}$/ && $port >= 1 && $port <= 65535 or erreur("le port $port n'existe pas");
$vitesse > 0 && $morceau > 0 or erreur('vitesse et taille doivent etre positives');

my $s = IO::Socket::INET->new(PeerAddr => $adresse, PeerPort => $port, Proto => 'udp')
    or erreur("$adresse: $@");

if (!defined $fichier) {
    defined $s->send('Hello') or erreur("$adresse: $!");
    if (IO::Select->new($s)->can_read(0.3)) {
        my $reponse;
        defined $s->recv($reponse, 100) or erreur("$adresse port $port: $!");
    }
    exit 0;
}

open(my $f, '<:raw', $fichier) or erreur("$fichier: $!");
my $periode = $morceau * 8 / 638000 / $vitesse;
my $prochain = time;
my $refus = 0;
while ((my $n = read($f, my $bloc, $morceau)) > 0) {
    if (!defined $s->send($bloc)) {
        $!{ECONNREFUSED} or erreur("$adresse: $!");
        print STDERR "difftv.pl: personne n'ecoute: $!\n" unless $refus++;
        $s->send($bloc);
    }
    $prochain += $periode;
    my $attente = $prochain - time;
    sleep($attente) if $attente > 0;
}
close $f;
exit($refus ? 1 : 0);
